package dev.procession.manager.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Background;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerCloseTest {

    @Test
    void shouldHaveEndedWhenTheSecondCloseReturns(@TempDir Path directory) throws Exception {
        ServerOptions options =
                new ServerOptions(
                        directory.resolve("m").toString(),
                        new byte[] {1},
                        false,
                        1 << 20,
                        10,
                        0,
                        directory.resolve("store").toString(),
                        false);
        ManagerServer server = ManagerServer.start(options);
        CountDownLatch goOn = new CountDownLatch(1);
        server.execute(
                () -> {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        Background<Boolean> first = closing(server).awaitBlocked(); // for the server's thread
        Background<Boolean> second = closing(server);
        goOn.countDown();

        assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
        try (ManagerServer next = ManagerServer.start(options)) {
            assertThat(next.directory()).isEqualTo(server.directory());
        }
        assertThat(first.get(20, TimeUnit.SECONDS)).isTrue();
    }

    private static Background<Boolean> closing(ManagerServer server) {
        return Background.start(
                () -> {
                    server.close();
                    return true;
                });
    }
}
