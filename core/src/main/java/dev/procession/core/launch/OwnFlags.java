package dev.procession.core.launch;

import dev.procession.core.log.Log;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * The flags that this JVM was started with: in its command, in the variables that each JVM reads,
 * and in the manifest of its jar. {@link InheritedFlags} chooses those that a child gets.
 */
public final class OwnFlags {

    private static final Log LOG = Log.of(OwnFlags.class);

    /** Read by every JVM or its launcher; a child gets the inherited part on its command line. */
    static final List<String> VARIABLES =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** Prefixes of arguments that name a file with more flags. */
    private static final List<String> FILES = List.of("@", "-XX:Flags=", "-XX:VMOptionsFile=");

    /** Flags of the launcher whose value may be the next word. */
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

    /** Flags that the program and its arguments follow. */
    private static final List<String> BEFORE_PROGRAM = List.of("-jar", "-m", "--module");

    /** From here on a manifest can enable native access. */
    private static final int FIRST_WITH_NATIVE_ACCESS = 22;

    private OwnFlags() {}

    /** Whether the launcher takes the word after this one as its value. */
    public static boolean takesNextWord(String word) {
        return OF_TWO_WORDS.contains(word);
    }

    /** Computed once; a JVM's flags do not change. */
    private static final class Holder {
        static final List<String> GIVEN = readGiven();
        static final List<String> OF_MANIFEST = readManifest();
        static final Set<String> OF_VARIABLES = readVariables();
    }

    /** The flags of the command and of the variables, in the order in which the JVM reads them. */
    static List<String> given() {
        return Holder.GIVEN;
    }

    /** The flags that the manifest of the program's jar stands for. */
    static List<String> ofManifest() {
        return Holder.OF_MANIFEST;
    }

    /** The flags of the variables alone. */
    static Set<String> ofVariables() {
        return Holder.OF_VARIABLES;
    }

    /**
     * Reads the flags of this JVM, in the order in which it has read them. They come from its
     * command line, because the management bean takes ten milliseconds. The bean is used where a
     * file contains flags, and where a launcher other than {@code java} may have set some.
     */
    private static List<String> readGiven() {
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
            known &= !namesFile(flag);
        }
        if (known) {
            return flags;
        }
        try {
            return ManagementFactory.getRuntimeMXBean().getInputArguments();
        } catch (LinkageError | RuntimeException e) {
            LOG.log(
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

    /** The flags in a command, up to the main class; a flag and its value become one word. */
    static List<String> options(List<String> words) {
        List<String> flags = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (takesNextWord(word) && i + 1 < words.size()) {
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

    /** The words of this process's command line; empty if it cannot be read. */
    private static List<String> commandLine() {
        try (InputStream in = new FileInputStream("/proc/self/cmdline")) {
            String line = new String(in.readAllBytes(), ArgumentFile.charset());
            return List.of(line.split("\0", -1));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Reads the flags that the manifest of a {@code java -jar} program stands for. */
    private static List<String> readManifest() {
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
            LOG.log(Level.DEBUG, "the manifest of the program cannot be read: {0}", e.toString());
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

    private static Set<String> readVariables() {
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

    /** Splits a variable as the JVM does: at white space outside of quotes; drops the quotes. */
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

    private static boolean namesFile(String flag) {
        for (String prefix : FILES) {
            if (flag.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
