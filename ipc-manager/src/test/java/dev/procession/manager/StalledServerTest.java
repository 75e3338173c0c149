package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Background;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client detects the late effects of a server that was stopped for a while. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StalledServerTest {

    private static final Duration LATER = Duration.ofSeconds(20);

    /** Longer than a time to live, and longer than the margin that a client adds to a limit. */
    private static final long LONGER_MILLIS = 1500;

    @RegisterExtension final StoppableServer server = new StoppableServer();

    private Manager manager;

    @BeforeEach
    void start() {
        manager = server.manager();
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // the test needs a lock that stays locked
    void shouldNotCountALockAsHeldWhenItsUnlockFailed() throws Exception {
        SharedLock lock = manager.rlock("l");
        SynchronousQueue<String> go = new SynchronousQueue<>();
        Background<Boolean> owner =
                Background.start(
                        () -> {
                            lock.lock();
                            go.put("locked");
                            go.take();
                            assertThatThrownBy(lock::unlock)
                                    .isInstanceOf(ManagerUnavailableException.class);
                            boolean unused = Thread.interrupted();
                            go.put("failed");
                            go.take();
                            return lock.isHeldByCurrentThread() || lock.tryLock();
                        });
        go.take();
        server.stop();
        go.put("unlock");
        // An interrupt before that is kept for later, as the call is not to be interrupted.
        StoppableServer.awaitAsked(owner.thread());
        owner.thread().interrupt();
        go.take();
        server.goOn();

        assertThat(lock.tryLock(LATER)).isTrue();
        go.put("lock");
        assertThat(owner.get()).isFalse();
        lock.unlock();
    }

    @Test
    void shouldStoreAnEntryHoweverShortItsTimeToLive() throws Exception {
        SharedDict<String, String> dict = manager.dict("d");
        server.stop();
        Background<String> put = Background.start(() -> dict.put("k", "v", Duration.ofMillis(50)));

        assertThatThrownBy(() -> put.get(LONGER_MILLIS, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        server.goOn();
        assertThat(put.get(LATER.toSeconds(), TimeUnit.SECONDS)).isNull();
    }
}
