package dev.procession.manager.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.Manager;
import dev.procession.manager.ManagerException;
import dev.procession.manager.stream.ServerOptions;
import dev.procession.testing.Await;
import dev.procession.testing.TestProgram;
import dev.procession.testing.ThreadShortage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose process can start no thread for a while. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerThreadsTest {

    /** More threads than two JVMs need. */
    private static final int THREADS = 160;

    @TempDir private Path directory;

    /** Makes shared objects, each of which needs a thread. */
    static final class MakesObjects {

        private MakesObjects() {}

        @SuppressWarnings("unchecked")
        private static int sizeOf(Manager manager, String name) {
            return manager.shared(name, List.class, ArrayList::new).size();
        }

        public static void main(String[] args) throws InterruptedException {
            try (Manager manager = Manager.embedded()) {
                System.out.println("before: " + sizeOf(manager, "before"));
                CountDownLatch over = new CountDownLatch(1);
                List<Thread> taken = ThreadShortage.take(over);
                String made = "yes";
                try {
                    int unused = sizeOf(manager, "without a thread");
                } catch (ManagerException e) {
                    made = "no";
                }
                ThreadShortage.giveBack(over, taken);
                System.out.println("made: " + made);
                System.out.println("again: " + sizeOf(manager, "without a thread"));
            }
        }
    }

    @Test
    void shouldFailOnlyTheCallForWhichThereIsNoThread() throws Exception {
        try (TestProgram program =
                TestProgram.start(
                        directory,
                        ThreadShortage.command(directory, THREADS, MakesObjects.class))) {
            assertThat(program.awaitLine("before: ")).isEqualTo("0");
            assertThat(program.awaitLine("made: ")).isEqualTo("no");
            assertThat(program.awaitLine("again: ")).isEqualTo("0");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }

    /** Has a server that runs out of memory when no thread can be started. */
    static final class EndsWithoutThreads {

        private EndsWithoutThreads() {}

        private static ServerOptions options() {
            String address = Path.of(System.getProperty("java.io.tmpdir")).resolve("m").toString();
            return new ServerOptions(
                    address, new byte[] {1}, false, 1 << 20, 10, 0, null, false, true);
        }

        private static boolean hasEnded() {
            try (ManagerServer next = ManagerServer.start(options())) {
                return next.incarnation() != 0;
            } catch (IOException taken) {
                return false;
            }
        }

        public static void main(String[] args) throws Exception {
            ManagerServer server = ManagerServer.start(options());
            System.out.println("ended: " + hasEnded());
            CountDownLatch over = new CountDownLatch(1);
            List<Thread> taken = ThreadShortage.take(over);
            CountDownLatch failed = new CountDownLatch(1);
            server.tasks()
                    .execute(
                            () -> {
                                try {
                                    server.failure()
                                            .ranOutOfMemory(new OutOfMemoryError("for the test"));
                                } finally {
                                    failed.countDown();
                                }
                            });
            failed.await();
            ThreadShortage.giveBack(over, taken);
            Await.until(EndsWithoutThreads::hasEnded, "the server has ended");
            System.out.println("later: ended");
        }
    }

    @Test
    void shouldEndWhenThereIsAThreadAgain() throws Exception {
        try (TestProgram program =
                TestProgram.start(
                        directory,
                        ThreadShortage.command(directory, THREADS, EndsWithoutThreads.class))) {
            assertThat(program.awaitLine("ended: ")).isEqualTo("false");
            assertThat(program.awaitExit()).as(program.text()).isZero();
            assertThat(program.awaitLine("later: ")).isEqualTo("ended");
        }
    }
}
