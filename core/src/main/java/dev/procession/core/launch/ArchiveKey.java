package dev.procession.core.launch;

import java.io.File;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key of a start-up archive: one JVM, one garbage collector and one class path, each entry with
 * its size and the time of its last change. Two hashes of these are the archive's file name:
 *
 * <pre>
 *   PATHS-CONTENT.jsa       an archive of AppCDS, up to JDK 24; PATHS-CONTENT.aot from JDK 25 on
 *   PATHS-CONTENT.lock      locked by the trainer; its time is that of the last use, its content the
 *                           message of the last failure
 *   PATHS-CONTENT.N.tmp     a directory of a trainer that runs or has died
 *   sN                      the directory of its session, named by the link "session" in the former;
 *                           in the temporary directory if the path of this one is long
 * </pre>
 *
 * <p>PATHS stays the same when the program is built again; CONTENT does not. If two keys collide,
 * the JVM rejects the archive, for it compares the class path and the JARs itself.
 *
 * <p>A key is computed while a child is started, so it uses only classes that every JVM has loaded.
 */
final class ArchiveKey {

    /** Raise it to have all archives made again though neither JVM nor JARs changed. */
    private static final int LAYOUT = 2;

    /** In 2001, so that no new file has such a time; whole seconds, which all file systems keep. */
    private static final long FIRST_SEAL_SECOND = 1_000_000_000;

    private static final long SEAL_MASK = 0x0fff_ffff;
    private static final int FIRST_WITH_DYNAMIC_ARCHIVE = 17;
    private static final int FIRST_WITH_AOT_CACHE = 25;
    private static final String[] NOT_WITH = {
        "-Xshare",
        "-XX:SharedArchiveFile",
        "-XX:SharedClassListFile",
        "-XX:ArchiveClassesAtExit",
        "-XX:+AutoCreateSharedArchive",
        "-XX:AOT",
        "-XX:+AOT",
        "-XX:-AOT",
        // With these the JVM rejects an archive that was trained without them.
        "-XX:ObjectAlignmentInBytes",
        "-XX:-UseCompressed",
        "-XX:Flags",
        "-Xbootclasspath",
        "-javaagent:",
        "-agentlib:",
        "-agentpath:",
        "-Djava.system.class.loader",
        "--patch-module",
        "--upgrade-module-path",
        "--limit-modules",
        "--module-path",
        "-p",
        "--class-path",
        "-cp",
        "-classpath",
        "@"
    };

    /** With these the JVM rejects an AOT cache and does not use its default archive either. */
    private static final String[] NOT_WITH_AOT = {
        "--add-modules",
        "--add-opens",
        "--add-exports",
        "--add-reads",
        "--enable-native-access",
        "--illegal-native-access"
    };

    /** A system property: with {@code off}, this JVM neither makes nor uses archives. */
    static final String PROPERTY = "procession.archive";

    /** A link in a trainer's directory to the directory of its session, if that is elsewhere. */
    static final String SESSION_LINK = "session";

    private final File directory;
    private final String classPath;
    private final String paths;
    private final String name;
    private final int feature;

    private ArchiveKey(File directory, String classPath, String paths, String name, int feature) {
        this.directory = directory;
        this.classPath = classPath;
        this.paths = paths;
        this.name = name;
        this.feature = feature;
    }

    /** True if a child with these options could use an archive. */
    static boolean admits(LaunchOptions options) {
        boolean aot = JavaVersion.feature(options) >= FIRST_WITH_AOT_CACHE;
        List<String> flags = InheritedFlags.withUsers(options);
        return !hasAny(flags, NOT_WITH)
                && !hasAny(options.givenFlags(), NOT_WITH)
                && !(aot && hasAny(flags, NOT_WITH_AOT));
    }

    private static boolean hasAny(List<String> flags, String[] prefixes) {
        for (int i = 0; i < flags.size(); i++) {
            for (String prefix : prefixes) {
                if (flags.get(i).startsWith(prefix)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Returns the key for these options; null when there can be no archive: with directories of
     * classes on the class path, without a class path, or with an unknown JVM.
     */
    static @Nullable ArchiveKey of(LaunchOptions options, File directory) {
        String javaHome = options.effectiveJavaHome().toString();
        String classPath = options.program().classPath();
        File modules = new File(javaHome, "lib/modules");
        int feature = JavaVersion.feature(options);
        if (classPath == null
                || classPath.isEmpty()
                || feature < FIRST_WITH_DYNAMIC_ARCHIVE
                || !modules.isFile()) {
            return null;
        }
        Hash hash = new Hash();
        hash.add(LAYOUT);
        hash.add(feature);
        hash.add(javaHome);
        for (String flag : GcFlags.flags(options)) {
            hash.add(flag);
        }
        hash.add(classPath);
        // A child without a working directory of its own resolves relative entries against ours.
        File base = options.directory() == null ? null : options.directory().toFile();
        hash.add(base == null ? System.getProperty("user.dir", "") : base.getPath());
        String paths = hash.text();
        hash.add(modules);
        hash.add(new File(javaHome, "lib/server/libjvm.so"));
        int start = 0;
        while (start <= classPath.length()) {
            int end = classPath.indexOf(File.pathSeparatorChar, start);
            if (end < 0) {
                end = classPath.length();
            }
            if (!addEntry(hash, base, classPath.substring(start, end))) {
                return null;
            }
            start = end + 1;
        }
        return new ArchiveKey(directory, classPath, paths, paths + '-' + hash.text(), feature);
    }

    private static boolean addEntry(Hash hash, @Nullable File base, String entry) {
        File file = new File(entry);
        if (base != null && !file.isAbsolute()) {
            file = new File(base, entry);
        }
        if (file.isFile()) {
            hash.add(file);
            return entry.endsWith(".jar");
        }
        if (entry.isEmpty()) {
            return false; // the working directory
        }
        String[] content = file.list();
        return content == null || content.length == 0; // missing, or an empty directory
    }

    /** True if the JVM makes and reads AOT caches, which replaced AppCDS archives. */
    boolean isAotCache() {
        return feature >= FIRST_WITH_AOT_CACHE;
    }

    File directory() {
        return directory;
    }

    String classPath() {
        return classPath;
    }

    File archive() {
        return new File(directory, name + (isAotCache() ? ".aot" : ".jsa"));
    }

    /**
     * True if the archive exists and is unchanged since its training. The JVM crashes with a
     * damaged one, so a good one has a time of last change that is a function of key and size;
     * every write changes that time.
     */
    boolean isSealed() {
        File archive = archive();
        long modified = archive.lastModified();
        return modified != 0 && modified == seal(archive);
    }

    /** The time of last change that marks a good archive. */
    long seal(File archive) {
        long mixed = name.hashCode() * 31L + archive.length();
        return (FIRST_SEAL_SECOND + (mixed & SEAL_MASK)) * 1000;
    }

    /** The flags to make an archive. */
    List<String> makeFlags(File archive) {
        if (!isAotCache()) {
            return List.of("-XX:ArchiveClassesAtExit=" + archive);
        }
        // With profiles in the cache a child compiles their methods as it starts: 25 ms of
        // processor time, for code that most workers run a few times.
        return List.of(
                "-XX:AOTCacheOutput=" + archive,
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-AOTRecordTraining");
    }

    /**
     * The flags to use an archive.
     *
     * @param must whether the JVM fails if it cannot use the archive
     */
    List<String> useFlags(File archive, boolean must) {
        // This changes no other log tags, and an -Xlog of the user comes later and overrides it.
        if (isAotCache()) {
            return List.of(
                    "-XX:AOTCache=" + archive,
                    must ? "-XX:AOTMode=on" : "-XX:AOTMode=auto",
                    must ? "-XX:+VerifySharedSpaces" : "-Xlog:cds*=off,aot*=off");
        }
        return List.of(
                "-XX:SharedArchiveFile=" + archive,
                must ? "-Xshare:on" : "-Xshare:auto",
                must ? "-XX:+VerifySharedSpaces" : "-Xlog:cds*=off");
    }

    File lock() {
        return new File(directory, name + ".lock");
    }

    /** The prefix of the names of all files of this key. */
    String prefix() {
        return name + '.';
    }

    /** The prefix of the names of all files of this class path, whatever its JARs contain. */
    String pathsPrefix() {
        return paths + '-';
    }

    /** FNV-1a over 64 bits, with a final mixing step. */
    private static final class Hash {
        private static final long PRIME = 0x100000001b3L;
        private long state = 0xcbf29ce484222325L;

        void add(long value) {
            for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
                state = (state ^ (value >>> shift & 0xff)) * PRIME;
            }
        }

        void add(String text) {
            for (int i = 0; i < text.length(); i++) {
                state = (state ^ text.charAt(i)) * PRIME;
            }
            add(text.length());
        }

        void add(File file) {
            add(file.length());
            add(file.lastModified());
        }

        String text() {
            long mixed = (state ^ state >>> 33) * 0xff51afd7ed558ccdL;
            String digits = Long.toHexString(mixed ^ mixed >>> 33);
            return "0000000000000000".substring(digits.length()) + digits;
        }
    }
}
