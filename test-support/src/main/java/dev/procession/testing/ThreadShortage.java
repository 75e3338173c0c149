package dev.procession.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Programs with a limit of threads. The kernel counts the threads of a user in all programs, and
 * the limit does not apply to root: so each test process has a user of its own for these programs.
 */
public final class ThreadShortage {

    private ThreadShortage() {}

    /**
     * Returns the start of such a program's command; skips the test if this process may not change
     * its user.
     *
     * @param directory the program's directory, which all users may use afterwards
     * @param threads how many threads the program and its children may have together
     */
    public static List<String> command(
            Path directory, int threads, Class<?> main, String... arguments) throws IOException {
        List<String> command = OtherUser.prefix(directory);
        command.addAll(List.of("prlimit", "--nproc=" + threads));
        List<String> flags = new ArrayList<>(OtherUser.flags(directory));
        flags.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-Xlog:os+thread=off",
                        "-XX:ErrorFile=/dev/null",
                        "-Dprocession.archive=off"));
        command.addAll(TestProgram.command(flags, main, arguments));
        return command;
    }

    /** Starts threads until the limit is reached; {@link #giveBack} ends them. */
    public static List<Thread> take(CountDownLatch over) {
        List<Thread> all = new ArrayList<>();
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
                all.add(thread);
            }
        } catch (OutOfMemoryError e) {
            return all;
        }
    }

    /** Ends these threads. The kernel may count the last of them a moment longer. */
    public static void giveBack(CountDownLatch over, List<Thread> all) throws InterruptedException {
        over.countDown();
        for (Thread thread : all) {
            thread.join();
        }
    }
}
