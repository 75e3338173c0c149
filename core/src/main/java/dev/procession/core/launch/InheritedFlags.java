package dev.procession.core.launch;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * The flags of this JVM that its children get too: those that change what code means, wherever they
 * were given. A worker would otherwise refuse, or take otherwise, what its parent takes.
 *
 * <p>Never the heap, the collector, ports of debuggers and of JMX, and agents unless they are asked
 * for: what is good once in a program is seldom good in each of its processes. Of the variables
 * {@code JAVA_TOOL_OPTIONS}, {@code JDK_JAVA_OPTIONS} and {@code _JAVA_OPTIONS}, which a child does
 * not see, properties come along as well: those are meant for every JVM.
 */
final class InheritedFlags {

    /** Read by every JVM, or by its launcher; a child has their good part on its command line. */
    static final List<String> VARIABLES =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final List<String> MEANING =
            List.of(
                    "-ea",
                    "-da",
                    "-esa",
                    "-dsa",
                    "-enableassertions",
                    "-disableassertions",
                    "-enablesystemassertions",
                    "-disablesystemassertions",
                    "--enable-preview",
                    "--add-opens",
                    "--add-exports",
                    "--add-reads",
                    "--add-modules",
                    "--patch-module",
                    "--limit-modules",
                    "--upgrade-module-path",
                    "--enable-native-access",
                    "--illegal-native-access",
                    "--sun-misc-unsafe-memory-access",
                    "--enable-final-field-mutation",
                    "--illegal-final-field-mutation",
                    "-Xbootclasspath/a:",
                    "-Djava.library.path=",
                    "-Duser.language",
                    "-Duser.country",
                    "-Duser.script",
                    "-Duser.variant",
                    "-Duser.region",
                    "-Dfile.encoding=",
                    "-Dsun.jnu.encoding=",
                    "-Dstdout.encoding=",
                    "-Dstderr.encoding=");

    /** What else may be in a file: the launcher's, and two of the JVM's own. */
    private static final List<String> FILES = List.of("@", "-XX:Flags=", "-XX:VMOptionsFile=");

    /** Whose value may be the next word, for the launcher. */
    private static final Set<String> OF_TWO_WORDS =
            Set.of(
                    "-cp",
                    "-classpath",
                    "--class-path",
                    "-p",
                    "--module-path",
                    "--add-modules",
                    "--add-exports",
                    "--add-opens",
                    "--add-reads",
                    "--limit-modules",
                    "--patch-module",
                    "--upgrade-module-path",
                    "--enable-native-access",
                    "--source");

    /** After them comes the program, and what it is told. */
    private static final List<String> BEFORE_PROGRAM = List.of("-jar", "-m", "--module");

    private static final List<String> AGENTS = List.of("-javaagent:", "-agentpath:", "-agentlib:");

    /** Remote JMX: one port, for one process. */
    private static final String JMX = "-Dcom.sun.management";

    private static final String DEBUGGER = "jdwp";

    /** What Spring Boot's launcher is told; ours is told something else. */
    private static final String BOOT = "-Dloader.";

    /** What not every release knows. */
    private static final List<String> OF_SOME_RELEASES =
            List.of(
                    "--illegal-native-access",
                    "--sun-misc-unsafe-memory-access",
                    "--enable-final-field-mutation",
                    "--illegal-final-field-mutation",
                    "--limit-modules",
                    "--upgrade-module-path");

    /** Part of the names of modules that come and go with releases. */
    private static final String INCUBATOR = "jdk.incubator.";

    private static final List<String> ASSERTIONS =
            List.of("-ea", "-da", "-enableassertions", "-disableassertions");

    private static final String PATCH = "--patch-module=";

    private static final String TIME_ZONE = "user.timezone";
    private static final String ZONE_FLAG = "-D" + TIME_ZONE + "=";

    /** From here on the manifest can say it. */
    private static final int FIRST_WITH_NATIVE_ACCESS = 22;

    private InheritedFlags() {}

    /** Computed once; a JVM's flags do not change. */
    private static final class Holder {
        static final List<String> GIVEN = given();
        static final List<String> OF_MANIFEST = ofManifest();
        static final Set<String> OF_VARIABLES = ofVariables();
    }

    /** The flags for a child. */
    static List<String> of(LaunchOptions options) {
        List<String> users = options(options.jvmArgs());
        boolean otherRelease = isOfOtherRelease(options);
        Set<String> flags = new LinkedHashSet<>();
        addAssertions(flags);
        flags.addAll(Holder.OF_MANIFEST);
        for (String flag : Holder.GIVEN) {
            if (isInherited(flag, options.inheritAgents())
                    && !isOverruled(flag, users)
                    && !(otherRelease && isOfSomeReleases(flag))
                    && (options.program().hasModules() || !ProgramPath.namesProgramModule(flag))) {
                flags.remove(flag); // of "-ea -da -ea" the last one counts
                flags.add(flag);
            }
        }
        if (options.names("TZ")) {
            flags.removeIf(flag -> flag.startsWith(ZONE_FLAG));
        } else {
            addTimeZone(flags);
        }
        return List.copyOf(flags);
    }

    private static boolean isOfOtherRelease(LaunchOptions options) {
        return !options.effectiveJavaHome().equals(Path.of(System.getProperty("java.home")))
                && JavaVersion.feature(options) != Runtime.version().feature();
    }

    private static boolean isOfSomeReleases(String flag) {
        return startsWithAny(flag, OF_SOME_RELEASES)
                || (flag.startsWith("--add-modules") && flag.contains(INCUBATOR));
    }

    private static boolean isInherited(String flag, boolean agents) {
        if (flag.startsWith(JMX) || flag.startsWith(BOOT)) {
            return false;
        }
        if (startsWithAny(flag, AGENTS)) {
            return agents && !flag.contains(DEBUGGER);
        }
        return startsWithAny(flag, MEANING)
                || (flag.startsWith("-D") && Holder.OF_VARIABLES.contains(flag));
    }

    /** True of what the user says as well, and the JVM does not take twice. */
    private static boolean isOverruled(String flag, List<String> users) {
        if (users.contains(flag)) {
            return true;
        }
        if (!flag.startsWith(PATCH)) {
            return false;
        }
        String module = flag.substring(0, flag.indexOf('=', PATCH.length()) + 1);
        return module.length() > PATCH.length()
                && users.stream().anyMatch(other -> other.startsWith(module));
    }

    /** Assertions may have been switched on by code, as surefire does it, and not by a flag. */
    private static void addAssertions(Set<String> flags) {
        for (String flag : Holder.GIVEN) {
            if (startsWithAny(flag, ASSERTIONS)) {
                return;
            }
        }
        if (ChildMain.class.desiredAssertionStatus()) {
            flags.add("-ea");
        }
    }

    /** True of a flag that may hold a password: it is not for the lists of processes. */
    static boolean isPrivate(String flag) {
        return startsWithAny(flag, AGENTS)
                || (flag.startsWith("-D")
                        && !flag.startsWith(ZONE_FLAG)
                        && !startsWithAny(flag, MEANING));
    }

    /**
     * The zone of this JVM, also one that its code has set; the property tells whether anybody has
     * asked for the zone yet, for whose sake it would be loaded otherwise. Not one that only this
     * JVM knows.
     */
    private static void addTimeZone(Set<String> flags) {
        String property = System.getProperty(TIME_ZONE);
        if (property == null || property.isEmpty()) {
            return;
        }
        String zone = TimeZone.getDefault().getID();
        if (zone != null && TimeZone.getTimeZone(zone).getID().equals(zone)) {
            flags.removeIf(flag -> flag.startsWith(ZONE_FLAG));
            flags.add(ZONE_FLAG + zone);
        }
    }

    private static boolean startsWithAny(String flag, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (flag.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The flags of this JVM, in the order in which it has read them. From its command, for to ask
     * the JVM takes ten milliseconds; it is asked where they are in a file, or where a launcher
     * that is not {@code java} may have given any.
     */
    private static List<String> given() {
        List<String> words = commandLine();
        List<String> options = List.of();
        boolean known = !words.isEmpty() && isJava(words.get(0));
        if (known) {
            options = options(words.subList(1, words.size()));
        }
        List<String> flags = new ArrayList<>(ofVariable("JAVA_TOOL_OPTIONS"));
        flags.addAll(options(ofVariable("JDK_JAVA_OPTIONS")));
        flags.addAll(options);
        flags.addAll(ofVariable("_JAVA_OPTIONS"));
        for (String flag : flags) {
            known &= !startsWithAny(flag, FILES);
        }
        if (known) {
            return flags;
        }
        try {
            return ManagementFactory.getRuntimeMXBean().getInputArguments();
        } catch (LinkageError | RuntimeException e) {
            System.getLogger(InheritedFlags.class.getName())
                    .log(
                            Level.WARNING,
                            "the flags of this JVM that its children get are not all known, as it"
                                    + " lacks java.management: {0}",
                            e.toString());
            return flags;
        }
    }

    private static boolean isJava(String program) {
        return program.equals("java") || program.endsWith("/java");
    }

    /** The flags of a command, up to the main class; those of two words as one. */
    private static List<String> options(List<String> words) {
        List<String> flags = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (OF_TWO_WORDS.contains(word) && i + 1 < words.size()) {
                flags.add(word + "=" + words.get(++i));
            } else if (BEFORE_PROGRAM.contains(word)
                    || (!word.startsWith("-") && !word.startsWith("@"))) {
                break;
            } else {
                flags.add(word);
            }
        }
        return flags;
    }

    /** The words of this process's command, none if they are not to be had. */
    private static List<String> commandLine() {
        try (InputStream in = new FileInputStream("/proc/self/cmdline")) {
            String line = new String(in.readAllBytes(), JavaCommand.launcherCharset());
            return List.of(line.split("\0", -1));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What the manifest of a jar adds to the flags of {@code java -jar}. */
    private static List<String> ofManifest() {
        String jar = System.getProperty("java.class.path", "");
        String program = System.getProperty("sun.java.command", "");
        if (jar.isEmpty() || !(program.equals(jar) || program.startsWith(jar + " "))) {
            return List.of();
        }
        List<String> flags = new ArrayList<>();
        try (JarFile file = new JarFile(jar)) {
            Manifest manifest = file.getManifest();
            if (manifest != null) {
                Attributes main = manifest.getMainAttributes();
                addPackages(flags, "--add-exports=", main.getValue("Add-Exports"));
                addPackages(flags, "--add-opens=", main.getValue("Add-Opens"));
                String access = main.getValue("Enable-Native-Access");
                if (access != null && Runtime.version().feature() >= FIRST_WITH_NATIVE_ACCESS) {
                    flags.add("--enable-native-access=" + access.strip());
                }
            }
        } catch (IOException e) {
            System.getLogger(InheritedFlags.class.getName())
                    .log(
                            Level.DEBUG,
                            "the manifest of the program cannot be read: {0}",
                            e.toString());
        }
        return flags;
    }

    private static void addPackages(List<String> flags, String flag, @Nullable String packages) {
        if (packages == null) {
            return;
        }
        for (String each : packages.strip().split("\\s+", -1)) {
            if (!each.isEmpty()) {
                flags.add(flag + each + "=ALL-UNNAMED");
            }
        }
    }

    private static Set<String> ofVariables() {
        Set<String> flags = new HashSet<>();
        for (String variable : VARIABLES) {
            flags.addAll(ofVariable(variable));
        }
        return flags;
    }

    private static List<String> ofVariable(String variable) {
        String value = System.getenv(variable);
        return value == null ? List.of() : words(value);
    }

    /** Splits a variable as the JVM does: at white space, outside of quotes, which go. */
    static List<String> words(String value) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
            } else if (Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
