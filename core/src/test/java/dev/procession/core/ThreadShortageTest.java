package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Children are started while the system gives no more threads. */
@SystemTest
@Timeout(60)
class ThreadShortageTest {

    /** The kernel's limit does not bind root, so the program runs as a user without processes. */
    private static final List<String> AS_NOBODY =
            List.of(
                    "setpriv",
                    "--reuid=65534",
                    "--clear-groups",
                    "--inh-caps=+dac_read_search",
                    "--ambient-caps=+dac_read_search");

    @TempDir Path working;

    /** Leaves so many threads to be had, from none on, and starts a child each time. */
    static final class Program {

        private static final int MOST = 8;

        private Program() {}

        public static void main(String[] args) throws Exception {
            ChildProcess.start(() -> 1).join(); // has the classes loaded
            for (int room = 0; room <= MOST; room++) {
                Deque<CountDownLatch> threads = takeAll();
                for (int i = 0; i < room && !threads.isEmpty(); i++) {
                    threads.removeLast().countDown();
                }
                Thread.sleep(50); // a thread needs a moment to end; a late one is only less room
                System.out.println("with " + room + ": " + attempt());
                threads.forEach(CountDownLatch::countDown);
                Thread.sleep(50);
            }
            System.out.println("children: " + living());
            System.out.println("afterwards: " + ChildProcess.start(() -> "child").result());
        }

        private static String attempt() throws InterruptedException {
            ChildProcess<Integer> child;
            try {
                child = ChildProcess.start(() -> 1);
            } catch (RuntimeException e) {
                return "refused: " + e.getMessage();
            }
            try {
                child.result();
                child.join();
                return "started";
            } catch (ExecutionException e) {
                child.join();
                return "started, and " + e.getCause().getClass().getSimpleName();
            }
        }

        private static long living() throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (count() > 0 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            return count();
        }

        /** A process that is dead and not reaped has no command any more. */
        private static long count() {
            return ProcessHandle.current()
                    .descendants()
                    .filter(child -> child.info().command().isPresent())
                    .count();
        }

        private static Deque<CountDownLatch> takeAll() {
            Deque<CountDownLatch> all = new ArrayDeque<>();
            try {
                while (true) {
                    CountDownLatch latch = new CountDownLatch(1);
                    Thread thread =
                            new Thread(
                                    null,
                                    () -> {
                                        try {
                                            latch.await();
                                        } catch (InterruptedException e) {
                                            return;
                                        }
                                    },
                                    "filler",
                                    1 << 16);
                    thread.setDaemon(true);
                    thread.start();
                    all.add(latch);
                }
            } catch (OutOfMemoryError e) {
                return all;
            }
        }
    }

    @Test
    void shouldRefuseTheStartAndLeaveNoProcessWhenThereIsNoThread() throws Exception {
        assumeTrue(canBeNobody(), "needs setpriv(1), and to be root");
        Files.setPosixFilePermissions(working, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> command = new ArrayList<>(AS_NOBODY);
        command.addAll(List.of("prlimit", "--nproc=80"));
        command.addAll(
                TestProgram.command(
                        List.of(
                                "-XX:+UseSerialGC",
                                "-Xlog:os+thread=off",
                                "-Dprocession.archive=off",
                                "-Djava.io.tmpdir=" + working,
                                "-Dprocession.directory=" + working,
                                "-Duser.name=nobody"),
                        Program.class));
        try (TestProgram program = TestProgram.start(working, command)) {
            assertThat(program.awaitLine("with 0: "))
                    .startsWith("refused: cannot start a child process: name=");
            assertThat(program.awaitLine("children: ")).as(program.text()).isEqualTo("0");
            assertThat(program.awaitLine("afterwards: ")).isEqualTo("child");
            assertThat(program.awaitExit()).as(program.text()).isZero();
            assertThat(program.lines())
                    .filteredOn(line -> line.startsWith("with "))
                    .allMatch(
                            line ->
                                    line.contains(": refused: cannot ")
                                            || line.contains(": started"));
        }
    }

    private static boolean canBeNobody() throws Exception {
        List<String> command = new ArrayList<>(AS_NOBODY);
        command.add("true");
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such command here
        }
    }
}
