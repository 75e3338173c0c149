package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Asynchronous calls that wait in the server: in their order, until they are cancelled, and without
 * the room of the others. Each element and permit is in one place.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncWaitsTest {

    private static final int ROUNDS = 2000;
    private static final Duration LONG = Duration.ofSeconds(30);

    private static RemoteManager manager;

    @BeforeAll
    static void start() {
        manager = (RemoteManager) Manager.start();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    private static void awaitWaiting(int requests) {
        Await.until(() -> manager.stats().waitingRequests() == requests, "requests wait");
    }

    @Test
    void shouldGiveElementsToTheTakersInTheirOrder() throws Exception {
        SharedQueue<Integer> queue = manager.queue("order", 10);
        List<CompletableFuture<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            takers.add(queue.takeAsync());
        }
        assertThat(queue.pollAsync().join()).isNull();
        for (int i = 0; i < 6; i++) {
            queue.put(i);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(takers.get(i).join()).isEqualTo(i);
        }
        assertThat(queue.pollAsync().join()).isEqualTo(5);
    }

    @Test
    void shouldPutElementsInTheirOrderWhenThereIsRoom() throws Exception {
        SharedQueue<Integer> queue = manager.queue("room", 2);
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            puts.add(queue.putAsync(i));
        }
        assertThat(queue.offerAsync(7).join()).isFalse();
        assertThat(puts.get(1).join()).isNull();
        assertThat(puts.get(2)).isNotDone();
        for (int i = 0; i < 5; i++) {
            assertThat(queue.take()).isEqualTo(i);
        }
        puts.forEach(CompletableFuture::join);
        assertThat(queue.offerAsync(7).join()).isTrue();
        assertThat(queue).containsExactly(7);
    }

    @Test
    void shouldForgetCallsThatAreCancelledOrTimeOut() throws Exception {
        SharedQueue<Integer> queue = manager.queue("cancelled", 1);
        SharedSemaphore semaphore = manager.semaphore("cancelled", 0);
        CompletableFuture<Integer> take = queue.takeAsync();
        CompletableFuture<Void> acquire = semaphore.acquireAsync(2);
        awaitWaiting(2);
        assertThat(take.cancel(true)).isTrue();
        assertThatThrownBy(acquire.orTimeout(1, TimeUnit.MILLISECONDS)::join)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(take::join).isInstanceOf(CancellationException.class);
        awaitWaiting(0);
        queue.put(1);
        CompletableFuture<Void> put = queue.putAsync(2);
        awaitWaiting(1);
        put.completeAsync(() -> null).join(); // by other means than an answer
        awaitWaiting(0);
        assertThat(queue).containsExactly(1);
        semaphore.release(2);
        assertThat(semaphore.availablePermits()).isEqualTo(2);
    }

    /** Cancels calls at random moments while the elements come, and connections break. */
    @Test
    void shouldLeaveEachElementInTheQueueOrInAFuture() throws Exception {
        SharedQueue<Integer> queue = manager.queue("cancel race", ROUNDS);
        List<CompletableFuture<Integer>> takes = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        Background<Void> giver =
                Background.start(
                        () -> {
                            for (int i = 0; i < ROUNDS; i++) {
                                queue.put(i);
                            }
                            over.set(true);
                            return null;
                        });
        Random random = new Random(1);
        for (int i = 0; !over.get() || i < ROUNDS; i++) {
            CompletableFuture<Integer> take = queue.takeAsync();
            takes.add(take);
            CompletableFuture<Integer> some = takes.get(random.nextInt(takes.size()));
            if (i % 3 != 0) {
                boolean unused = some.cancel(true);
            }
            if (i % 500 == 0) {
                manager.client().cutConnections();
            }
        }
        giver.get();
        takes.forEach(take -> take.cancel(true));
        List<Integer> found = new ArrayList<>(queue);
        for (CompletableFuture<Integer> take : takes) {
            if (!take.isCompletedExceptionally()) {
                found.add(take.join());
            }
        }
        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, ROUNDS).boxed().toList());
    }

    @Test
    void shouldGiveEachPermitBackThatNoFutureHas() throws Exception {
        int permits = 3;
        SharedSemaphore semaphore = manager.semaphore("permit race", permits);
        List<Background<Integer>> threads = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            Random random = new Random(thread);
            threads.add(Background.start(() -> acquireAndCancel(semaphore, random)));
        }
        for (int i = 0; i < 20; i++) {
            manager.client().cutConnections();
            assertThat(semaphore.availablePermits()).isBetween(0, permits);
        }
        for (Background<Integer> thread : threads) {
            assertThat(thread.get()).isPositive();
        }
        assertThat(semaphore.tryAcquire(permits, LONG)).isTrue();
        assertThat(semaphore.tryAcquire()).isFalse();
        semaphore.release(permits);
    }

    /** Returns how often it had permits. */
    private static int acquireAndCancel(SharedSemaphore semaphore, Random random) {
        int had = 0;
        for (int i = 0; i < ROUNDS; i++) {
            int wanted = 1 + random.nextInt(2);
            CompletableFuture<Void> call = semaphore.acquireAsync(wanted);
            if (random.nextInt(4) == 0) {
                call.join();
            }
            if (!call.cancel(true)) {
                call.join();
                had++;
                semaphore.release(wanted);
            }
        }
        return had;
    }

    @Test
    void shouldLeaveOtherCallsTheirRoom() throws Exception {
        SharedQueue<byte[]> queue = manager.queue("full window", 1);
        SharedCounter counter = manager.counter("full window");
        List<CompletableFuture<byte[]>> waiting = new ArrayList<>();
        for (int i = 0; i < ManagerClient.WINDOW; i++) {
            waiting.add(queue.takeAsync());
        }
        assertThat(counter.incrementAndGetAsync().join()).isEqualTo(1);
        assertThat(counter.incrementAndGet()).isEqualTo(2);
        assertRefused(queue, counter);
        queue.put(new byte[1]);
        assertThat(waiting.get(0).join()).hasSize(1);
        waiting.set(0, queue.takeAsync()); // there is room again
        waiting.forEach(take -> take.cancel(true));
        awaitWaiting(0);
        assertThat(queue).isEmpty();
    }

    @Test
    void shouldBoundTheBytesOfElementsThatWait() throws Exception {
        SharedQueue<byte[]> queue = manager.queue("full bytes", 1);
        SharedCounter counter = manager.counter("full bytes");
        int megabyte = 1 << 20;
        queue.put(new byte[0]);
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waiting.add(queue.putAsync(new byte[megabyte]));
        }
        assertRefused(queue, counter);
        for (int i = 0; i < 8; i++) {
            byte[] unused = queue.take();
            waiting.get(i).join();
        }
        assertThat(queue.take()).hasSize(megabyte);
        assertThat(queue.putAsync(new byte[0]).join()).isNull();
    }

    /** The manager's own thread does not wait for room, any other for ten seconds. */
    private static void assertRefused(SharedQueue<byte[]> queue, SharedCounter counter) {
        CompletableFuture<byte[]> refused = counter.getAsync().thenCompose(n -> queue.takeAsync());
        assertThatThrownBy(refused::join)
                .hasCauseInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining(" of " + ManagerClient.WINDOW);
    }

    @Test
    void shouldWaitForRoomForAnotherWaitingCall() throws Exception {
        SharedQueue<Integer> queue = manager.queue("backpressure", 1);
        int count = 2 * ManagerClient.WINDOW;
        Background<Void> taker =
                Background.start(
                        () -> {
                            for (int i = 0; i < count; i++) {
                                assertThat(queue.take()).isEqualTo(i);
                            }
                            return null;
                        });
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            puts.add(queue.putAsync(i));
        }
        puts.forEach(CompletableFuture::join);
        taker.get();
    }

    @Test
    void shouldForgetTheWaitingCallsOfADeadProcess() throws Exception {
        SharedQueue<Integer> queue = manager.queue("death", 10);
        SharedSemaphore semaphore = manager.semaphore("death", 1);
        ChildProcess<Void> child =
                ChildProcess.start(
                        () -> {
                            semaphore.acquireAsync().join();
                            CompletableFuture<?> one = queue.takeAsync();
                            CompletableFuture<?> two = semaphore.acquireAsync();
                            CompletableFuture.allOf(one, two).join();
                        });
        awaitWaiting(2);
        CompletableFuture<Integer> take = queue.takeAsync();
        CompletableFuture<Void> acquire = semaphore.acquireAsync();
        awaitWaiting(4);
        child.kill();
        child.join();
        acquire.get(LONG.toSeconds(), TimeUnit.SECONDS);
        queue.put(1);
        assertThat(take.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        semaphore.release();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheElementOfAFutureWhoseResultIsNotReplaced() throws Exception {
        SharedQueue<Integer> queue = manager.queue("obtruded", 1);
        CompletableFuture<Integer> take = queue.takeAsync();
        CompletableFuture<Integer> dependent = take.thenApply(value -> value + 1);
        assertThatThrownBy(() -> take.obtrudeValue(7))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> take.obtrudeException(new IllegalStateException()))
                .isInstanceOf(UnsupportedOperationException.class);
        queue.put(1);
        assertThat(take.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(dependent.join()).isEqualTo(2);
        dependent.obtrudeValue(3); // it has no call of its own
        assertThat(dependent.join()).isEqualTo(3);
    }

    @Test
    void shouldFailWaitingCallsWhenTheManagerIsClosed() {
        Manager closing = Manager.embedded();
        CompletableFuture<Object> take = closing.queue("q", 1).takeAsync();
        closing.close();
        assertThatThrownBy(take::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
