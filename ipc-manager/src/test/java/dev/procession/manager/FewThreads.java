package dev.procession.manager;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Programs that cannot start as many threads as they like. */
public final class FewThreads {

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    /** As many as two JVMs need, and some more. */
    private static final String MOST_THREADS = "160";

    private FewThreads() {}

    /** What starts such a program; skips the test where nobody can. */
    public static List<String> command(Path directory, Class<?> main) throws IOException {
        assumeTrue(
                System.getProperty("user.name").equals("root") && Files.isExecutable(SETPRIV),
                "only root can give up its right to have as many threads as it likes");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                SETPRIV.toString(),
                                "--reuid=nobody",
                                "--regid=nogroup",
                                "--clear-groups",
                                "--inh-caps=+dac_override",
                                "--ambient-caps=+dac_override",
                                "prlimit",
                                "--nproc=" + MOST_THREADS));
        command.addAll(
                TestProgram.command(
                        List.of(
                                "-XX:+UseSerialGC",
                                "-Xlog:os+thread=off",
                                "-XX:ErrorFile=/dev/null",
                                "-Dprocession.archive=off",
                                "-Djava.io.tmpdir=" + directory,
                                "-Dprocession.directory=" + directory,
                                "-Duser.name=nobody"),
                        main));
        return command;
    }

    /** Takes all threads that there are, until a latch is counted down. */
    public static void take(CountDownLatch over) {
        try {
            while (true) {
                Thread thread =
                        new Thread(
                                () -> {
                                    try {
                                        over.await();
                                    } catch (InterruptedException e) {
                                        return;
                                    }
                                });
                thread.setDaemon(true);
                thread.start();
            }
        } catch (OutOfMemoryError e) {
            return;
        }
    }
}
