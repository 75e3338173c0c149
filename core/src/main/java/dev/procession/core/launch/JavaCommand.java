package dev.procession.core.launch;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.ProcStat;
import dev.procession.core.life.Session;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of a child JVM: a shell, where there is one, that makes it ignore Ctrl-C, then
 * {@code java} with an argument file, because class paths are long and all users can read command
 * lines. The first child of a root gets a command without such a file if possible, because it
 * starts before the session's directory exists.
 */
final class JavaCommand {

    private static final File SHELL = new File("/bin/sh");

    /** Ignored signals stay ignored across exec, and the JVM leaves an ignored SIGINT alone. */
    private static final String IGNORE_INTERRUPT = "trap '' INT; exec \"$0\" \"$@\"";

    /** Longer flags go into a file; the kernel allows 128 KiB for one argument. */
    private static final int MAX_PLAIN_CHARS = 1 << 16;

    private JavaCommand() {}

    /**
     * Returns the command without an argument file, which needs no session; null if it needs such a
     * file, because it is too long, has a flag that may contain a password, or is not ASCII.
     */
    static @Nullable List<String> plain(
            Session.FirstChild child, LaunchOptions options, Class<?> entryPoint)
            throws IOException {
        for (String flag : InheritedFlags.withUsers(options)) {
            if (InheritedFlags.isPrivate(flag)) {
                return null;
            }
        }
        List<String> flags = flags(options);
        int length = 0;
        for (String flag : flags) {
            if (!StandardCharsets.US_ASCII.newEncoder().canEncode(flag)) {
                return null; // only the argument file has a known encoding
            }
            length += flag.length();
        }
        if (length > MAX_PLAIN_CHARS) {
            return null;
        }
        return command(
                flags,
                options,
                entryPoint,
                child.home(),
                child.spare(),
                child.self(),
                child.parent());
    }

    /** Writes the argument file and returns the command that uses it. */
    static List<String> write(
            Session session, long member, LaunchOptions options, Class<?> entryPoint)
            throws IOException {
        byte[] flags = ArgumentFile.quote(flags(options)).getBytes(ArgumentFile.charset());
        Path arguments = session.writeFile(DirectoryLayout.childArguments(member), flags);
        return command(
                List.of("@" + arguments),
                options,
                entryPoint,
                session.home(),
                session.spare(),
                member,
                session.self());
    }

    private static List<String> command(
            List<String> flags,
            LaunchOptions options,
            Class<?> entryPoint,
            Path home,
            Path spare,
            long member,
            long parent)
            throws IOException {
        boolean shell = SHELL.canExecute(); // a minimal container image has none
        List<String> command = new ArrayList<>();
        if (shell) {
            command.add(SHELL.getPath());
            command.add("-c");
            command.add(IGNORE_INTERRUPT);
        }
        command.add(options.effectiveJavaHome().resolve("bin").resolve("java").toString());
        if (!shell) {
            command.add("-D" + InterruptKey.PROPERTY + "=ignore");
        }
        command.addAll(flags);
        command.addAll(options.program().main());
        command.add(home.toString());
        command.add(spare.toString());
        command.add(Long.toString(member));
        command.add(Long.toString(parent));
        command.add(Long.toString(ProcStat.read().pid()));
        command.add(entryPoint.getName());
        command.add(options.name());
        return command;
    }

    private static List<String> flags(LaunchOptions options) {
        List<String> flags = new ArrayList<>();
        flags.addAll(GcFlags.flags(options));
        flags.add("-XX:-UsePerfData"); // its file would outlive a killed JVM
        flags.addAll(StartupArchive.flags(options));
        flags.addAll(options.program().flags());
        flags.addAll(InheritedFlags.withUsers(options));
        return flags;
    }
}
