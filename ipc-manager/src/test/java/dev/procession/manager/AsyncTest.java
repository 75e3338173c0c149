package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many calls in flight, with every way to wait for them, while connections break or the manager is
 * closed.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncTest {

    private static final int CUTS = 300;
    private static final int LEAST_CUTS = 10;
    private static final int EACH = 2000;
    private static final int LARGE = 300_000;
    private static final int MAX_BYTES = 1 << 20;
    private static final int NESTED = 3000;
    private static final int SMALL_STACK = 1 << 18;

    private static RemoteManager manager;
    private static ExecutorService threads;

    @BeforeAll
    static void start() {
        manager = (RemoteManager) Manager.builder().maxMessageBytes(MAX_BYTES).embedded();
        threads = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        threads.shutdownNow();
        manager.close();
    }

    @Test
    void shouldAnswerCallersThatOnlyRegisterAnAction() throws Exception {
        SharedDict<Integer, Integer> dict = manager.dict("actions");
        for (int round = 0; round < 50; round++) {
            CompletableFuture<Integer> received = new CompletableFuture<>();
            int value = round;
            CompletableFuture<Void> unused =
                    dict.putAsync(1, value)
                            .thenCompose(old -> dict.getAsync(1))
                            .thenAccept(received::complete);
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(value);
        }
    }

    @Test
    void shouldAcceptMoreCallsThanMayBeInFlight() {
        SharedDict<Integer, Integer> dict = manager.dict("many");
        List<CompletableFuture<Integer>> sums = new ArrayList<>();
        for (int i = 0; i < 3 * ManagerClient.WINDOW; i++) {
            sums.add(dict.mergeAsync(i % 7, 1, Merge.sum()));
        }
        CompletableFuture.allOf(sums.toArray(new CompletableFuture<?>[0])).join();
        assertThat(dict.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(sums.size());
    }

    @Test
    void shouldDoEachCallOnceWhileConnectionsAreCut() throws Exception {
        SharedDict<String, Integer> dict = manager.dict("cut");
        int callers = 4;
        AtomicInteger cuts = new AtomicInteger();
        List<Future<Integer>> all = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            boolean waits = caller % 2 == 0;
            all.add(threads.submit(() -> add(dict, cuts, waits)));
        }
        while (cuts.get() < CUTS && !all.stream().allMatch(Future::isDone)) {
            manager.client().cutConnections();
            try {
                all.get(cuts.getAndIncrement() % callers)
                        .get(3, TimeUnit.MILLISECONDS); // then the next cut follows
            } catch (TimeoutException e) {
                // The caller continues.
            }
        }
        int calls = 0;
        for (Future<Integer> one : all) {
            calls += one.get();
        }
        assertThat(dict.get("sum")).isEqualTo(calls);
    }

    /** Calls until enough cuts have hit its calls; returns the number of its calls. */
    private static int add(SharedDict<String, Integer> dict, AtomicInteger cuts, boolean waits) {
        List<CompletableFuture<Integer>> flight = new ArrayList<>();
        int calls = 0;
        while (calls < EACH || cuts.get() < LEAST_CUTS) {
            calls++;
            flight.add(dict.mergeAsync("sum", 1, Merge.sum()));
            if (waits && flight.size() == 16) {
                flight.forEach(CompletableFuture::join);
                flight.clear();
            }
        }
        CompletableFuture.allOf(flight.toArray(new CompletableFuture<?>[0])).join();
        return calls;
    }

    @Test
    void shouldCarryLargeValuesAmongSmallOnes() {
        SharedDict<Integer, byte[]> dict = manager.dict("large");
        List<CompletableFuture<byte[]>> flight = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            flight.add(dict.putAsync(i, new byte[i % 2 == 0 ? LARGE + i : i]));
        }
        for (int i = 0; i < 40; i++) {
            flight.add(dict.getAsync(i));
        }
        for (int i = 0; i < 40; i++) {
            assertThat(flight.get(i).join()).isNull();
            assertThat(flight.get(40 + i).join()).hasSize(i % 2 == 0 ? LARGE + i : i);
        }
    }

    @Test
    void shouldRefuseOnlyValuesThatAreTooLarge() {
        SharedDict<Integer, byte[]> dict = manager.dict("too large");
        CompletableFuture<byte[]> before = dict.putAsync(1, new byte[10]);
        CompletableFuture<byte[]> tooLarge = dict.putAsync(2, new byte[MAX_BYTES]);
        CompletableFuture<byte[]> after = dict.putAsync(3, new byte[10]);
        assertThat(before.join()).isNull();
        assertThat(after.join()).isNull();
        assertThatThrownBy(tooLarge::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("larger than the manager's server takes");
        assertThat(dict).containsOnlyKeys(1, 3);
    }

    @Test
    void shouldKeepTheInterruptOfAWaitingThread() throws Exception {
        SharedDict<Integer, Integer> dict = manager.dict("interrupted");
        dict.put(1, 1);
        Future<Boolean> interrupted =
                threads.submit(
                        () -> {
                            Thread.currentThread().interrupt();
                            assertThat(dict.getAsync(1).join()).isEqualTo(1);
                            return Thread.interrupted();
                        });
        assertThat(interrupted.get()).isTrue();
        assertThat(dict.getAsync(1).get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void shouldLetAnActionWaitForAnotherCall() {
        SharedDict<Integer, Integer> dict = manager.dict("nested");
        dict.put(1, 2);
        dict.put(2, 3);
        assertThat(dict.getAsync(1).thenApply(key -> dict.getAsync(key).join()).join())
                .isEqualTo(3);
    }

    @Test
    void shouldLetAnActionWaitForAnotherCallWhileNoThreadReads() throws Exception {
        SharedDict<Integer, Integer> dict = manager.dict("nested unread");
        dict.put(1, 2);
        dict.put(2, 3);
        for (int round = 0; round < 50; round++) {
            List<CompletableFuture<Integer>> received = new ArrayList<>();
            for (int call = 0; call < 8; call++) {
                CompletableFuture<Integer> one = new CompletableFuture<>();
                CompletableFuture<Void> unused =
                        dict.getAsync(1)
                                .thenApply(key -> dict.getAsync(key).join())
                                .thenAccept(one::complete);
                received.add(one);
            }
            for (CompletableFuture<Integer> one : received) {
                assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(3);
            }
        }
    }

    @Test
    void shouldLetAnActionWaitForACallInFlight() {
        SharedDict<Integer, Integer> dict = manager.dict("nested under way");
        dict.put(1, 2);
        dict.put(2, 3);
        for (int round = 0; round < 50; round++) {
            CompletableFuture<Integer> first = dict.getAsync(1);
            CompletableFuture<Integer> second = dict.getAsync(2);
            assertThat(first.thenApply(one -> one + second.join()).join()).isEqualTo(5);
        }
    }

    @Test
    void shouldNestActionsBeyondTheStackOfAThread() throws Exception {
        SharedDict<Integer, Integer> dict = manager.dict("nested deep");
        dict.put(1, 2);
        CompletableFuture<Integer> received = new CompletableFuture<>();
        Thread caller =
                new Thread(
                        null,
                        () -> received.completeAsync(() -> nest(dict, NESTED), Runnable::run),
                        "a small stack",
                        SMALL_STACK);
        caller.start();
        assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(NESTED);
        caller.join();
    }

    /** Waits for a call whose action waits for a call, and so on. */
    private static int nest(SharedDict<Integer, Integer> dict, int depth) {
        return depth == 0
                ? 0
                : dict.getAsync(1).thenApply(value -> nest(dict, depth - 1)).join() + 1;
    }

    @Test
    void shouldEndAnActionsWaitAtItsLimit() throws Exception {
        SharedDict<Integer, Integer> dict = manager.dict("nested limit");
        dict.put(1, 2);
        CompletableFuture<Integer> never = new CompletableFuture<>();
        for (int round = 0; round < 20; round++) {
            CompletableFuture<String> received = new CompletableFuture<>();
            CompletableFuture<Void> unused =
                    dict.getAsync(1)
                            .thenApply(
                                    value ->
                                            outcome(
                                                    dict.getAsync(1)
                                                            .thenCombine(never, Integer::sum)))
                            .thenAccept(received::complete);
            assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo("TimeoutException");
        }
        assertThat(dict.getAsync(1).join()).isEqualTo(2);
    }

    private static String outcome(CompletableFuture<Integer> future) {
        try {
            return future.get(5, TimeUnit.MILLISECONDS).toString();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            return e.getClass().getSimpleName();
        }
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // the lock ends with its manager
    void shouldFailCallsInFlightWhenTheManagerIsClosed() {
        Manager closing = Manager.embedded();
        SharedLock lock = closing.lock("held");
        lock.lock();
        Background<Boolean> waiter =
                Background.start(
                        () -> {
                            lock.lock();
                            return true;
                        });
        Await.until(() -> closing.stats().waitingRequests() == 1, "one request waits");
        SharedDict<Integer, Integer> dict = closing.dict("closed");
        assertThat(dict.putAsync(1, 1).join()).isNull();
        List<CompletableFuture<Integer>> flight = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            flight.add(dict.getAsync(1));
        }

        closing.close();

        assertThatThrownBy(() -> waiter.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        for (CompletableFuture<Integer> call : flight) {
            assertThat(ending(call)).isIn("1", "IllegalStateException");
        }
        assertThatThrownBy(() -> dict.getAsync(1).get(10, TimeUnit.SECONDS))
                .isInstanceOfAny(IllegalStateException.class, ExecutionException.class);
    }

    /** The value or the kind of failure; a call that does not end fails the test. */
    private static String ending(CompletableFuture<Integer> call) {
        try {
            return call.get(10, TimeUnit.SECONDS).toString();
        } catch (ExecutionException e) {
            return e.getCause().getClass().getSimpleName();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("a call in flight has not ended", e);
        }
    }
}
