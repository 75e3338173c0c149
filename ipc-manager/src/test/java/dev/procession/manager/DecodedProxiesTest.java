package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Proxies that arrived in this process, beside the managers that it closes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("LockNotBeforeTry") // the test needs a lock that stays locked
class DecodedProxiesTest {

    private static final byte[] SECRET = {1, 2, 3};

    @TempDir private Path directory;
    private Manager server;

    /** For another address: the server's own manager is one of this process as well. */
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

    @SuppressWarnings("BanSerializableRead") // the test has written it
    private static SharedLock decoded(SharedLock lock) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(lock);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (SharedLock) in.readObject();
        }
    }

    @Test
    void shouldReleaseEverythingWithTheLastManager() throws Exception {
        Manager manager = Manager.connect(proxy.directory(), SECRET);
        SharedLock own = manager.lock("l");
        SharedLock decoded = decoded(own);
        decoded.lock();
        assertThat(own.isHeldByCurrentThread()).isTrue();

        manager.close();

        Await.until(() -> !server.lock("l").isLocked(), "the lock is given back");
        assertThat(decoded.isHeldByCurrentThread()).isFalse();
        assertThat(own.isHeldByCurrentThread()).isFalse();
        assertThatThrownBy(own::lock).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldGoOnAfterTheLastManager() throws Exception {
        Manager manager = Manager.connect(proxy.directory(), SECRET);
        SharedLock decoded = decoded(manager.lock("l"));
        manager.close();

        decoded.lock();

        assertThat(decoded.isHeldByCurrentThread()).isTrue();
        Manager.connect(proxy.directory(), SECRET).close();
        Await.until(() -> !server.lock("l").isLocked(), "the lock is given back");
    }
}
