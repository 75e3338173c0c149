package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.Signal;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a server does late, when it stood still meanwhile, is known to its client for what it is.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StalledServerTest {

    private static final Duration LATER = Duration.ofSeconds(20);

    /** Longer than a time to live and what a client adds to a limit. */
    private static final long LONGER_MILLIS = 1500;

    private Manager manager;
    private long server;

    @BeforeEach
    void start() {
        manager = Manager.start();
        server = manager.stats().pid();
    }

    @AfterEach
    void stop() throws Exception {
        Signal.CONT.sendToMortal(server);
        manager.close();
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // whether it is left locked is what is tested
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
        Signal.STOP.sendTo(server);
        go.put("unlock");
        Await.until(() -> waitsForAnAnswer(owner.thread()), "the unlock waits for its answer");
        owner.thread().interrupt();
        go.take();
        Signal.CONT.sendTo(server);

        assertThat(lock.tryLock(LATER)).isTrue();
        go.put("lock");
        assertThat(owner.get()).isFalse();
        lock.unlock();
    }

    /** An interrupt before that is kept for later, as the call is not to be interrupted. */
    private static boolean waitsForAnAnswer(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("readBlocking"));
    }

    @Test
    void shouldStoreAnEntryHoweverShortItsTimeToLive() throws Exception {
        SharedDict<String, String> dict = manager.dict("d");
        Signal.STOP.sendTo(server);
        Background<String> put = Background.start(() -> dict.put("k", "v", Duration.ofMillis(50)));

        assertThatThrownBy(() -> put.get(LONGER_MILLIS, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        Signal.CONT.sendTo(server);
        assertThat(put.get(LATER.toSeconds(), TimeUnit.SECONDS)).isNull();
    }
}
