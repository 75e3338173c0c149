package dev.procession.core.launch;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a child JVM: a shell that ignores Ctrl-C for it, then {@code java} with an
 * argument file, for class paths are long and command lines are not.
 */
final class JavaCommand {

    /** Ignored signals stay ignored across exec, and the JVM leaves an ignored SIGINT alone. */
    private static final String IGNORE_INTERRUPT = "trap '' INT; exec \"$0\" \"$@\"";

    private JavaCommand() {}

    /** Writes the argument file and returns the command that uses it. */
    static List<String> write(
            Session session, long member, LaunchOptions options, Class<?> entryPoint)
            throws IOException {
        byte[] flags = quote(flags(options)).getBytes(StandardCharsets.UTF_8);
        Path arguments = session.writeFile("c" + member + ".args", flags);
        List<String> command = new ArrayList<>();
        command.add("/bin/sh");
        command.add("-c");
        command.add(IGNORE_INTERRUPT);
        command.add(options.effectiveJavaHome().resolve("bin").resolve("java").toString());
        command.add("@" + arguments);
        addMain(command, options);
        command.add(session.home().toString());
        command.add(session.spare().toString());
        command.add(Long.toString(member));
        command.add(Long.toString(session.self()));
        command.add(entryPoint.getName());
        command.add(options.name());
        return command;
    }

    private static List<String> flags(LaunchOptions options) {
        List<String> flags = new ArrayList<>();
        if (!choosesCollector(options.jvmArgs())) {
            flags.add("-XX:+UseSerialGC"); // starts fastest and needs least; workers are many
        }
        flags.add("-XX:-UsePerfData"); // its file would outlive a killed JVM
        flags.addAll(StartupArchive.flags(options));
        String modulePath = System.getProperty("jdk.module.path");
        if (options.classPath() == null && modulePath != null) {
            flags.add("--module-path");
            flags.add(modulePath);
            flags.add("--add-modules");
            flags.add("ALL-MODULE-PATH");
        }
        String classPath = options.effectiveClassPath();
        if (!classPath.isEmpty()) {
            flags.add("-cp");
            flags.add(classPath);
        }
        flags.addAll(options.jvmArgs());
        return flags;
    }

    private static void addMain(List<String> command, LaunchOptions options) {
        Module module = ChildMain.class.getModule();
        if (module.isNamed() && options.classPath() == null) {
            command.add("-m");
            command.add(module.getName() + "/" + ChildMain.class.getName());
        } else {
            command.add(ChildMain.class.getName());
        }
    }

    /** True if the user's flags name a garbage collector; a second one would be refused. */
    static boolean choosesCollector(List<String> jvmArgs) {
        for (String flag : jvmArgs) {
            if (flag.startsWith("-XX:+Use") && flag.endsWith("GC")) {
                return true;
            }
        }
        return false;
    }

    /** The text of an argument file: one argument a line, quoted as the launcher reads it. */
    static String quote(List<String> arguments) {
        StringBuilder text = new StringBuilder();
        for (String argument : arguments) {
            text.append('"');
            for (int i = 0; i < argument.length(); i++) {
                char c = argument.charAt(i);
                switch (c) {
                    case '\\' -> text.append("\\\\");
                    case '"' -> text.append("\\\"");
                    case '\n' -> text.append("\\n");
                    case '\r' -> text.append("\\r");
                    case '\t' -> text.append("\\t");
                    case '\f' -> text.append("\\f");
                    default -> text.append(c);
                }
            }
            text.append("\"\n");
        }
        return text.toString();
    }
}
