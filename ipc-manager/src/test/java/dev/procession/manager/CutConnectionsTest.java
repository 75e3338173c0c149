package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.CuttingProxy.Cut;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Scale;
import dev.procession.testing.Seeded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Each call is carried out once and in order, wherever its connection breaks. */
@ExtendWith(Seeded.class)
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CutConnectionsTest {

    private static final byte[] SECRET = {1, 2, 3};

    @TempDir private Path directory;
    private Manager server;
    private CuttingProxy proxy;
    private int runs;

    @BeforeEach
    void start() throws IOException {
        server = Manager.builder().address(directory.resolve("m"), SECRET).embedded();
        proxy = new CuttingProxy(directory.resolve("p"), directory.resolve("m/socket"));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void shouldAnswerTheFirstCallWhereverTheHandshakeIsCut() {
        addOne();
        long fromClient = proxy.fromClient();
        long fromServer = proxy.fromServer();
        int cuts = 0;
        for (long after = 0; after < fromClient; after++) {
            proxy.cutNext(new Cut(true, after));
            addOne();
            cuts++;
        }
        for (long after = 0; after < fromServer; after++) {
            proxy.cutNext(new Cut(false, after));
            addOne();
            cuts++;
        }
        assertThat(server.counter("calls").get()).isEqualTo(1 + cuts);
    }

    private void play(List<Cut> cuts) {
        cuts.forEach(proxy::cutNext);
        try (RemoteManager client = (RemoteManager) Manager.connect(proxy.directory(), SECRET)) {
            CutScript script = new CutScript(client, server, "run " + runs++);
            script.play();
            script.check();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("connections were cut here: " + cuts, e);
        }
        proxy.forgetCuts(); // of connections that were not needed
    }

    @Test
    void shouldCarryEachCallOutOnceWhereverAConnectionIsCut(Random random) {
        play(List.of());
        long fromClient = proxy.fromClient();
        long fromServer = proxy.fromServer();
        int step = Scale.times(9, 1);
        for (long after = random.nextInt(step); after < fromClient; after += step) {
            play(List.of(new Cut(true, after)));
        }
        for (long after = random.nextInt(step); after < fromServer; after += step) {
            play(List.of(new Cut(false, after)));
        }
        assertThat(proxy.connections()).as("two for nearly each run").isGreaterThan(runs * 9L / 5);
    }

    @Test
    void shouldCarryEachCallOutOnceWhereverSeveralConnectionsAreCut(Random random) {
        play(List.of());
        int fromClient = (int) proxy.fromClient();
        int fromServer = (int) proxy.fromServer();
        for (int round = Scale.times(100, 5000); round > 0; round--) {
            List<Cut> cuts = new ArrayList<>();
            for (int cut = 2 + random.nextInt(4); cut > 0; cut--) {
                boolean client = random.nextBoolean();
                cuts.add(new Cut(client, random.nextInt((client ? fromClient : fromServer) / 3)));
            }
            play(cuts);
        }
        assertThat(proxy.connections()).as("three or more").isGreaterThan(runs * 5L / 2);
    }

    private void addOne() {
        try (Manager client = Manager.connect(proxy.directory(), SECRET)) {
            long unused = client.counter("calls").incrementAndGet();
        }
    }
}
