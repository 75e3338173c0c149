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
 * The command line of a child JVM: a shell, where there is one, that ignores Ctrl-C for it, then
 * {@code java} with an argument file, for class paths are long and command lines are public. The
 * first child of a root does without one if it can, for it starts before there is a place for
 * files.
 */
final class JavaCommand {

    private static final File SHELL = new File("/bin/sh");

    /** Ignored signals stay ignored across exec, and the JVM leaves an ignored SIGINT alone. */
    private static final String IGNORE_INTERRUPT = "trap '' INT; exec \"$0\" \"$@\"";

    /** An argument has 128 KiB at most; a class path of this length is for a file. */
    private static final int MAX_PLAIN_CHARS = 1 << 16;

    private JavaCommand() {}

    /**
     * The command without an argument file, which needs no session to be there; null if it must
     * have one, because it is too long or has in it what is nobody else's business.
     */
    static @Nullable List<String> plain(
            Session.FirstChild child, LaunchOptions options, Class<?> entryPoint)
            throws IOException {
        for (String flag : InheritedFlags.withGiven(options)) {
            if (InheritedFlags.isPrivate(flag)) {
                return null;
            }
        }
        List<String> flags = flags(options);
        int length = 0;
        for (String flag : flags) {
            if (!StandardCharsets.US_ASCII.newEncoder().canEncode(flag)) {
                return null; // only a file has it in the encoding in which it is read
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
        boolean shell = SHELL.canExecute(); // images of a program alone have none
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
        flags.addAll(InheritedFlags.withGiven(options));
        return flags;
    }
}
