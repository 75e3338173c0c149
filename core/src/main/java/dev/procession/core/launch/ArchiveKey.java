package dev.procession.core.launch;

import java.io.File;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a start-up archive belongs to: one JVM, one collector, one class path, each entry with its
 * size and the time of its last change. Two hashes of that are its file name:
 *
 * <pre>
 *   PATHS-CONTENT.jsa       an archive of AppCDS, up to JDK 24; PATHS-CONTENT.aot from JDK 25 on
 *   PATHS-CONTENT.lock      locked by the trainer; its time is that of the last use, its content the
 *                           reason of the last failure
 *   PATHS-CONTENT.N.tmp     a directory of a trainer that runs, or is dead
 *   sN                      the place of its session, named by the link "session" in its directory;
 *                           in the temporary directory if the path of this one is long
 * </pre>
 *
 * <p>PATHS stays the same when the program is built again; CONTENT does not. A collision costs a
 * refused archive: the JVM itself compares the class path and the JARs.
 *
 * <p>A key is computed on the way to a child's start, so it uses only what every JVM has loaded.
 */
final class ArchiveKey {

    /** To be raised when archives are to be made afresh though neither JVM nor JARs changed. */
    private static final int LAYOUT = 1;

    /** Whole seconds, which all file systems and image formats keep, and long ago. */
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
        // What the archive was not trained for, and would be refused with.
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

    /** The JVM compares these, and without its own archive it would be slower than with none. */
    private static final String[] NOT_WITH_AOT = {
        "--add-modules",
        "--add-opens",
        "--add-exports",
        "--add-reads",
        "--enable-native-access",
        "--illegal-native-access"
    };

    /** A system property: {@code off} neither makes nor uses archives. */
    static final String PROPERTY = "procession.archive";

    /** In a trainer's directory: names the place of its session if that is elsewhere. */
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
        List<String> flags = InheritedFlags.withGiven(options);
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
     * The key for these options; null when there can be no archive, as with directories of classes
     * on the class path, without a class path, or with an unknown JVM.
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
        // Without a directory of its own a child resolves relative entries in this process's.
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
        return content == null || content.length == 0; // nothing there, or an empty directory
    }

    /** True if the JVM makes and reads AOT caches, which took the place of AppCDS archives. */
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
     * True if the archive is there as its trainer left it. The JVM crashes with a damaged one, so
     * the time of its last change, which any writing alters, is a function of key and size.
     */
    boolean isSealed() {
        File archive = archive();
        long modified = archive.lastModified();
        return modified != 0 && modified == seal(archive);
    }

    /** The time of last change by which a good archive is known. */
    long seal(File archive) {
        long mixed = name.hashCode() * 31L + archive.length();
        return (FIRST_SEAL_SECOND + (mixed & SEAL_MASK)) * 1000;
    }

    /**
     * The flags to use an archive.
     *
     * @param must whether the JVM is to fail rather than start without it
     */
    List<String> useFlags(File archive, boolean must) {
        // The levels of other tags stay as the user has them; a later -Xlog of the user's wins.
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

    /** What the names of all files of this key begin with. */
    String prefix() {
        return name + '.';
    }

    /** What the names of all files of this class path begin with, whatever its JARs contained. */
    String pathsPrefix() {
        return paths + '-';
    }

    /** FNV-1a over 64 bits, with a last mixing. */
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
