package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.CuttingProxy.Cut;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each call is carried out once and in order, wherever its connection breaks. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CutConnectionsTest {

    private static final byte[] SECRET = {1, 2, 3};

    @TempDir private Path directory;
    private Manager server;
    private CuttingProxy proxy;

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

    private void addOne() {
        try (Manager client = Manager.connect(proxy.directory(), SECRET)) {
            long unused = client.counter("calls").incrementAndGet();
        }
    }
}
