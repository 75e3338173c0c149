package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.LockProbe;
import dev.procession.manager.wire.ServerAddress;
import dev.procession.testing.Background;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that starts keeps its lock, though clients in its own JVM ask whether it is dead. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EmbeddedRestartTest {

    private static final int STARTS = 200;

    @TempDir private Path directory;

    @Test
    void shouldKeepTheLockBesideClientsThatTryAgain() throws Exception {
        byte[] secret = {1, 2, 3};
        ServerAddress address = new ServerAddress(directory.resolve("a"));
        ManagerBuilder builder = Manager.builder().address(address.directory(), secret);
        AtomicBoolean stop = new AtomicBoolean();
        Manager client;
        try (Manager first = builder.embedded()) {
            assertThat(first.dict("d").size()).isZero();
            client = Manager.connect(address.directory(), secret);
        }
        try (client) {
            Background<Integer> asking = Background.start(() -> ask(client, stop));
            for (int start = 0; start < STARTS; start++) {
                try (Manager server = builder.embedded()) {
                    assertThat(LockProbe.holder(address.lock()))
                            .as("holder after start %s", start)
                            .hasValue(ProcessHandle.current().pid());
                    assertThat(server.dict("d").size()).isZero();
                }
            }
            stop.set(true);
            assertThat(asking.get()).isPositive();
        } finally {
            stop.set(true);
        }
    }

    /** Returns how often there was no server. */
    private static int ask(Manager client, AtomicBoolean stop) {
        int without = 0;
        while (!stop.get()) {
            try {
                int unused = client.dict("d").size();
            } catch (ManagerUnavailableException e) {
                without++;
            }
        }
        return without;
    }
}
