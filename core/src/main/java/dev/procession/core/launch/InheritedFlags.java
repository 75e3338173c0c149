package dev.procession.core.launch;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
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

    private static final List<String> AGENTS = List.of("-javaagent:", "-agentpath:", "-agentlib:");

    /** Debuggers and remote JMX: one port, for one process. */
    private static final List<String> PORTS =
            List.of("-agentlib:jdwp", "-agentpath:jdwp", "-Dcom.sun.management.jmxremote");

    private static final String TIME_ZONE = "user.timezone";

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
        Set<String> flags = new LinkedHashSet<>(Holder.OF_MANIFEST);
        for (String flag : Holder.GIVEN) {
            if (isInherited(flag, options.inheritAgents())
                    && (options.program().hasModules() || !ProgramPath.namesProgramModule(flag))) {
                flags.add(flag);
            }
        }
        addTimeZone(flags);
        return List.copyOf(flags);
    }

    private static boolean isInherited(String flag, boolean agents) {
        return !startsWithAny(flag, PORTS)
                && (startsWithAny(flag, MEANING)
                        || (agents && startsWithAny(flag, AGENTS))
                        || (flag.startsWith("-D") && Holder.OF_VARIABLES.contains(flag)));
    }

    /**
     * The zone of this JVM, also one that its code has set; the property tells whether anybody has
     * asked for the zone yet, for whose sake it would be loaded otherwise.
     */
    private static void addTimeZone(Set<String> flags) {
        String property = System.getProperty(TIME_ZONE);
        if (property != null && !property.isEmpty()) {
            flags.removeIf(flag -> flag.startsWith("-D" + TIME_ZONE + "="));
            flags.add("-D" + TIME_ZONE + "=" + TimeZone.getDefault().getID());
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

    /** The flags of this JVM, if any is of interest: to ask the JVM takes ten milliseconds. */
    private static List<String> given() {
        if (isPlain()) {
            return List.of();
        }
        try {
            return ManagementFactory.getRuntimeMXBean().getInputArguments();
        } catch (LinkageError | RuntimeException e) {
            System.getLogger(InheritedFlags.class.getName())
                    .log(
                            Level.WARNING,
                            "children do not get this JVM's flags, for it lacks java.management:"
                                    + " {0}",
                            e.toString());
            return List.of();
        }
    }

    /** True if this JVM was started by {@code java} with nothing that a child could get. */
    private static boolean isPlain() {
        for (String variable : VARIABLES) {
            if (System.getenv(variable) != null) {
                return false;
            }
        }
        String[] words = commandLine();
        if (words.length == 0 || !(words[0].equals("java") || words[0].endsWith("/java"))) {
            return false; // another launcher; it may have given any flags
        }
        for (int i = 1; i < words.length; i++) {
            String word = words[i];
            if (word.startsWith("@")
                    || word.startsWith("-XX:Flags")
                    || word.startsWith("-XX:VMOptionsFile")
                    || startsWithAny(word, MEANING)
                    || startsWithAny(word, AGENTS)) {
                return false;
            }
        }
        return true;
    }

    /** The words of this process's command, empty if they are not to be had. */
    private static String[] commandLine() {
        try (InputStream in = new FileInputStream("/proc/self/cmdline")) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split("\0", -1);
        } catch (IOException e) {
            return new String[0];
        }
    }

    /** What the manifest of a jar adds to the flags of {@code java -jar}. */
    private static List<String> ofManifest() {
        List<String> words = List.of(commandLine());
        int flag = words.indexOf("-jar");
        String jar = System.getProperty("java.class.path", "");
        if (flag < 0 || !new File(jar).isFile()) {
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
                    .log(Level.DEBUG, "the manifest of the program cannot be read: {0}", e);
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
            String value = System.getenv(variable);
            if (value != null) {
                flags.addAll(words(value));
            }
        }
        return flags;
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
