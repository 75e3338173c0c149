package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import dev.procession.testing.ThreadShortage;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Children are started while the system refuses more threads. */
@SystemTest
@Timeout(60)
class ThreadShortageTest {

    private static final int THREADS = 80;

    @TempDir Path working;

    /** Allows zero, then one, then more threads, and starts a child each time. */
    static final class Program {

        private static final int MOST = 8;

        private Program() {}

        public static void main(String[] args) throws Exception {
            ChildProcess.start(() -> 1).join(); // loads the classes
            for (int room = 0; room <= MOST; room++) {
                Deque<CountDownLatch> threads = takeAll();
                for (int i = 0; i < room && !threads.isEmpty(); i++) {
                    threads.removeLast().countDown();
                }
                Thread.sleep(
                        50); // a thread needs a moment to end; a late one only counts against the
                // limit
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

        /** A process that is dead and not reaped has an empty command line. */
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
        List<String> command = ThreadShortage.command(working, THREADS, Program.class);
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
}
