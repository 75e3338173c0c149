package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.Signal;
import dev.procession.testing.TestProgram;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of a manager: in an exit hook, at SIGTERM, and with calls under way. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagerEndTest {

    private static final byte[] SECRET = {1, 2, 3};

    /** The bound for the end of a server's processes, with a margin for a busy machine. */
    private static final long BOUND_MILLIS = 6000;

    /** Closes its manager in an exit hook. */
    static final class ClosesInAHook {
        private ClosesInAHook() {}

        public static void main(String[] args) throws Exception {
            Manager manager = Manager.start();
            manager.<String, Integer>dict("d").put("a", 1);
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        long start = System.nanoTime();
                                        manager.close();
                                        System.out.println(
                                                "close: "
                                                        + (System.nanoTime() - start) / 1_000_000);
                                    }));
            if (args.length > 0) {
                System.exit(0);
            }
            System.out.println("ready: now");
            Thread.sleep(60_000);
        }
    }

    private static void assertClosesInTime(TestProgram program) throws InterruptedException {
        assertThat(Long.parseLong(program.awaitLine("close: "))).isLessThan(BOUND_MILLIS);
        assertThat(program.awaitExit()).isIn(0, 143);
        assertThat(program.text()).doesNotContain("dev.procession.manager.ServerProcess");
    }

    @Test
    void shouldCloseInAnExitHook() throws Exception {
        try (TestProgram program = TestProgram.start(ClosesInAHook.class, "exit")) {
            assertClosesInTime(program);
        }
    }

    @Test
    void shouldCloseAtSigterm() throws Exception {
        try (TestProgram program = TestProgram.start(ClosesInAHook.class)) {
            String unused = program.awaitLine("ready: ");
            ProcessHandle.of(program.pid()).orElseThrow().destroy(); // the output stays open
            assertClosesInTime(program);
        }
    }

    @Test
    void shouldFailWaitingCallsWhenTheServerIsClosed(@TempDir Path directory) throws Exception {
        Path address = directory.resolve("m");
        Manager server = Manager.builder().address(address, SECRET).embedded();
        try (Manager client = Manager.connect(address, SECRET)) {
            SharedQueue<String> queue = client.queue("q", 1);
            Background<String> taking = Background.start(queue::take);
            Background<Boolean> locking =
                    Background.start(
                            () -> {
                                client.event("e").await();
                                return true;
                            });
            Await.until(() -> client.stats().waitingRequests() == 2, "two requests wait");
            server.close();
            for (Background<?> each : List.of(taking, locking)) {
                assertThatThrownBy(() -> each.get(20, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(ManagerUnavailableException.class);
            }
        }
    }

    @Test
    void shouldEndCallsOfAClosedManagerAndLeaveNoFileOfIt(@TempDir Path directory)
            throws Exception {
        Path address = directory.resolve("m");
        Path secret = SecretFiles.write(directory.resolve("key"), SECRET);
        try (TestProgram server =
                TestProgram.start(ManagerMain.class, address.toString(), secret.toString())) {
            String unused = server.awaitLine("listening: ");
            Manager manager = Manager.connect(address, SECRET);
            Signal.STOP.sendTo(server.pid());
            ((RemoteManager) manager).client().cutConnections();
            Background<Integer> asking = Background.start(() -> manager.dict("d").size());
            asking.awaitBlocked(); // waits for the server's welcome, connected
            manager.close();

            assertThatThrownBy(() -> asking.get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalStateException.class);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(address, "c*")) {
                assertThat(files).isEmpty();
            }
        }
    }

    /** Opens and closes servers, one after the other, that do not fit into its heap together. */
    static final class ManyServers {
        private ManyServers() {}

        public static void main(String[] args) {
            for (int i = 0; i < 20; i++) {
                try (Manager manager = Manager.embedded()) {
                    manager.<Integer, byte[]>dict("d").put(1, new byte[16 << 20]);
                }
            }
            System.out.println("end: reached");
        }
    }

    @Test
    void shouldKeepNothingOfAClosedEmbeddedServer(@TempDir Path directory) throws Exception {
        try (TestProgram program =
                TestProgram.start(
                        directory, TestProgram.command(List.of("-Xmx160m"), ManyServers.class))) {
            assertThat(program.awaitExit()).describedAs(program.text()).isEqualTo(0);
            assertThat(program.text()).contains("end: reached");
        }
    }
}
