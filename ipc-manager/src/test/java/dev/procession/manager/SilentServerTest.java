package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Background;
import dev.procession.testing.BesideOthers;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A stopped server delays no call beyond its limit, and grants nothing to a call that has ended;
 * and the client detects the late effects of a server that was stopped for a while.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("LockNotBeforeTry") // the test needs a lock that stays locked
class SilentServerTest {

    private static final Duration LIMIT = Duration.ofMillis(200);

    /** The server sends nothing, so a call that ends before this is ended by the client. */
    private static final Duration SOON = Duration.ofSeconds(8);

    private static final Duration LATER = Duration.ofSeconds(20);

    /** Longer than a time to live, and longer than the margin that a client adds to a limit. */
    private static final long LONGER_MILLIS = 1500;

    @RegisterExtension final StoppableServer server = new StoppableServer();

    private Manager manager;

    @BeforeEach
    void start() {
        manager = server.manager();
    }

    private static <V> V soon(Callable<V> call) throws Exception {
        long start = System.nanoTime();
        try {
            return call.call();
        } finally {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
    }

    @Test
    @BesideOthers
    void shouldEndTimedCallsInTheirTimeAndGrantThemNothingLater() throws Exception {
        SharedLock lock = manager.lock("l");
        SharedQueue<String> queue = manager.queue("q", 2);
        SharedQueue<String> full = manager.queue("full", 1);
        SharedSemaphore semaphore = manager.semaphore("s", 1);
        SharedBarrier barrier = manager.barrier("b", 2);
        SharedEvent event = manager.event("e");
        full.put("there");
        server.stop();
        assertThat(soon(() -> lock.tryLock(LIMIT))).isFalse();
        assertThat(soon(() -> queue.poll(200, TimeUnit.MILLISECONDS))).isNull();
        assertThat(soon(() -> queue.lease(LIMIT))).isEmpty();
        assertThat(soon(() -> full.offer("late", 200, TimeUnit.MILLISECONDS))).isFalse();
        assertThat(soon(() -> semaphore.tryAcquire(1, LIMIT))).isFalse();
        assertThat(soon(() -> event.await(LIMIT))).isFalse();
        assertThatThrownBy(() -> soon(() -> barrier.await(LIMIT)))
                .isInstanceOf(TimeoutException.class);
        server.goOn();
        assertThat(lock.tryLock(LATER)).isTrue();
        lock.unlock();
        server.awaitWaiting(0);
        assertThat(semaphore.tryAcquire(1, LATER)).isTrue();
        queue.put("for the living");
        assertThat(queue.poll(LATER.toSeconds(), TimeUnit.SECONDS)).isEqualTo("for the living");
        assertThat(full.poll()).isEqualTo("there");
        assertThat(full.poll()).isNull();
    }

    @Test
    @BesideOthers
    void shouldEndAnInterruptedCallAndGrantItNothingLater() throws Exception {
        SharedLock lock = manager.lock("l");
        SharedQueue<String> queue = manager.queue("q", 2);
        lock.lock();
        Background<Void> locking =
                Background.start(
                        () -> {
                            lock.lockInterruptibly();
                            return null;
                        });
        Background<String> taking = Background.start(queue::take);
        server.awaitWaiting(2);
        server.stop();
        for (Background<?> each : new Background<?>[] {locking, taking}) {
            each.thread().interrupt();
            soon(
                    () -> {
                        assertThatThrownBy(each::get)
                                .isInstanceOf(ExecutionException.class)
                                .hasCauseInstanceOf(InterruptedException.class);
                        return null;
                    });
        }
        server.goOn();
        lock.unlock();
        assertThat(lock.tryLock(LATER)).isTrue();
        lock.unlock();
        queue.put("for the living");
        assertThat(queue.poll(LATER.toSeconds(), TimeUnit.SECONDS)).isEqualTo("for the living");
    }

    @Test
    @BesideOthers
    void shouldWithdrawACallThatEndedByAnException() throws Exception {
        SharedLock lock = manager.lock("l");
        lock.lock();
        Background<Void> locking =
                Background.start(
                        () -> {
                            lock.lock();
                            return null;
                        });
        server.awaitWaiting(1);
        server.stop();
        ((RemoteManager) manager).client().cutConnections(); // and it cannot make another one
        assertThatThrownBy(locking::get)
                .hasCauseInstanceOf(ManagerUnavailableException.class)
                .hasMessageContaining("does not answer");
        server.goOn();
        lock.unlock();
        assertThat(lock.tryLock(LATER)).isTrue();
        lock.unlock();
    }

    @Test
    @BesideOthers
    void shouldRefuseToConnectToAServerThatDoesNotAnswer() throws Exception {
        server.stop();
        ((RemoteManager) manager).client().cutConnections();
        Background<Integer> asking = Background.start(() -> manager.dict("d").size());
        assertThatThrownBy(() -> asking.get(40, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ManagerUnavailableException.class);
    }

    /** Connects until the server's backlog of connections is full. */
    private void fillBacklog(List<SocketChannel> waiting) throws IOException {
        SocketAddress address = UnixDomainSocketAddress.of(manager.address().resolve("socket"));
        boolean room = true;
        while (room) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            waiting.add(channel);
            channel.configureBlocking(false);
            try {
                room = channel.connect(address);
            } catch (SocketException full) { // "Resource temporarily unavailable"
                room = false;
            }
        }
    }

    @Test
    @BesideOthers
    void shouldEndCallsInTheirTimeWhenTheServerAcceptsNoConnection() throws Exception {
        SharedLock lock = manager.lock("l");
        server.stop();
        List<SocketChannel> waiting = new ArrayList<>();
        try {
            fillBacklog(waiting);
            ((RemoteManager) manager).client().cutConnections();
            Background<Boolean> locking = Background.start(() -> lock.tryLock(LIMIT));
            Background<Integer> asking = Background.start(() -> manager.dict("d").size());
            assertThat(locking.get(SOON.toSeconds(), TimeUnit.SECONDS)).isFalse();
            assertThatThrownBy(() -> asking.get(40, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ManagerUnavailableException.class)
                    .hasMessageContaining("does not answer");
        } finally {
            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }

    @Test
    @BesideOthers
    void shouldEndAWaitForAFutureInItsTimeThoughOthersAnswersCome() throws Exception {
        SharedDict<Integer, Integer> dict = manager.dict("d");
        AtomicBoolean over = new AtomicBoolean();
        Background<Void> busy =
                Background.start(
                        () -> {
                            while (!over.get()) {
                                CompletableFuture<?> last = null;
                                for (int i = 0; i < 64; i++) {
                                    last = dict.putAsync(i, i);
                                }
                                last.join();
                            }
                            return null;
                        });
        CompletableFuture<Integer> never =
                dict.getAsync(1).thenCombine(new CompletableFuture<Integer>(), (a, b) -> b);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> soon(() -> never.get(50, TimeUnit.MILLISECONDS)))
                    .isInstanceOf(TimeoutException.class);
        }
        over.set(true);
        busy.get();
    }

    @Test
    @BesideOthers
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
                            go.put("failed");
                            go.take();
                            return lock.isHeldByCurrentThread() || lock.tryLock();
                        });
        go.take();
        server.stop();
        go.put("unlock");
        StoppableServer.awaitAsked(owner.thread());
        ((RemoteManager) manager).client().cutConnections();
        go.take();
        server.goOn();

        assertThat(lock.tryLock(LATER)).isTrue();
        go.put("lock");
        assertThat(owner.get()).isFalse();
        lock.unlock();
    }

    @Test
    @BesideOthers
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
