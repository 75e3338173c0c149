package dev.procession.core;

import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.procession.core.FutureKind.Settable;
import dev.procession.testing.Background;
import dev.procession.testing.LeavesNothingBehind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(LeavesNothingBehind.class)
class FuturesAsCompletedTest {

    @ParameterizedTest
    @EnumSource
    void shouldGiveFuturesInTheOrderInWhichTheyComplete(FutureKind kind) {
        for (int[] order : permutations(4)) {
            List<Settable> settables = Stream.generate(kind::create).limit(4).toList();
            Iterator<Future<String>> done = Futures.asCompleted(futuresOf(settables)).iterator();
            for (int next : order) {
                settables.get(next).complete("done");
                assertSame(settables.get(next).future(), done.next());
            }
            assertFalse(done.hasNext());
        }
    }

    @Test
    void shouldGiveAnyMixtureInTheOrderInWhichItCompletes() throws Exception {
        List<Settable> settables = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            for (FutureKind kind : FutureKind.values()) {
                settables.add(kind.create());
            }
        }
        Iterator<Future<String>> done = Futures.asCompleted(futuresOf(settables)).iterator();
        Collections.shuffle(settables, new Random(1));
        for (Settable settable : settables) {
            settable.complete("done");
            assertSame(settable.future(), done.next());
        }
        assertFalse(done.hasNext());
    }

    @Test
    void shouldGiveThoseThatAreDoneFirst() {
        CompletableFuture<Integer> late = new CompletableFuture<>();
        Future<Integer> early = CompletableFuture.completedFuture(1);
        Iterator<Future<Integer>> done = Futures.asCompleted(List.of(late, early)).iterator();
        assertSame(early, done.next());
        late.complete(2);
        assertSame(late, done.next());
    }

    @Test
    void shouldGiveAFutureOnceWhenItIsGivenTwice() {
        Future<Integer> future = CompletableFuture.completedFuture(1);
        assertEquals(1, Futures.asCompleted(List.of(future, future)).count());
    }

    @Test
    void shouldGiveFailedAndCancelledFutures() {
        CompletableFuture<Integer> failed = new CompletableFuture<>();
        FutureTask<Integer> cancelled = new FutureTask<>(() -> 1);
        Iterator<Future<Integer>> done =
                Futures.<Integer>asCompleted(List.of(failed, cancelled)).iterator();
        failed.completeExceptionally(new IllegalStateException());
        assertSame(failed, done.next());
        cancelled.cancel(false);
        assertSame(cancelled, done.next());
    }

    @Test
    void shouldGiveNothingOfNothing() {
        assertEquals(0, Futures.asCompleted(List.<Future<Integer>>of()).count());
    }

    @Test
    void shouldRefuseANullFuture() {
        List<Future<Integer>> futures = Arrays.asList(new CompletableFuture<>(), null);
        assertThrows(NullPointerException.class, () -> Futures.asCompleted(futures));
    }

    @Test
    void shouldGiveAThousandFuturesOfThreads() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                int number = i;
                futures.add(executor.submit(() -> number));
            }
            List<Future<Integer>> done = Futures.asCompleted(futures).toList();
            assertEquals(1000, done.size());
            assertEquals(new HashSet<>(futures), new HashSet<>(done));
        } finally {
            executor.shutdownNow();
        }
    }

    /** One half completes during the subscriptions, the other half while results are taken. */
    @Test
    void shouldGiveAThousandFuturesThatCompleteDuringTheSubscriptions() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<CompletableFuture<Integer>> futures =
                    Stream.generate(CompletableFuture<Integer>::new).limit(1000).toList();
            CountDownLatch subscribing = new CountDownLatch(1);
            CountDownLatch taking = new CountDownLatch(1);
            Background<Void> completer =
                    Background.start(
                            () -> {
                                subscribing.await();
                                futures.subList(0, 500).forEach(future -> future.complete(1));
                                taking.await();
                                futures.subList(500, 1000).forEach(future -> future.complete(1));
                                return null;
                            });
            subscribing.countDown();
            Iterator<Future<Integer>> done = Futures.<Integer>asCompleted(futures).iterator();
            Set<Future<Integer>> given = new HashSet<>(Set.of(done.next()));
            taking.countDown();
            done.forEachRemaining(future -> assertTrue(given.add(future)));
            assertEquals(new HashSet<>(futures), given);
            completer.get();
        }
    }

    @Test
    void shouldSayHowManyAreUnfinishedWhenTheTimeIsOver() {
        List<Future<Integer>> futures =
                List.of(
                        new CompletableFuture<>(),
                        CompletableFuture.completedFuture(1),
                        new FutureTask<>(() -> 1));
        Iterator<Future<Integer>> done =
                Futures.asCompleted(futures, Duration.ofMillis(10)).iterator();
        assertSame(futures.get(1), done.next());
        CompletionException late = assertThrows(CompletionException.class, done::next);
        assertInstanceOf(TimeoutException.class, late.getCause());
        assertTrue(late.getMessage().contains("unfinished=2, total=3"), late.getMessage());
        assertFalse(futures.get(0).isCancelled());
    }

    @Test
    void shouldTakeOnlyWhatIsDoneWhenTheTimeoutIsNegative() {
        List<Future<Integer>> futures =
                List.of(CompletableFuture.completedFuture(1), new CompletableFuture<>());
        Iterator<Future<Integer>> done =
                Futures.asCompleted(futures, Duration.ofSeconds(-1)).iterator();
        assertSame(futures.get(0), done.next());
        assertThrows(CompletionException.class, done::hasNext);
    }

    @Test
    void shouldNeverTimeOutWhenTheTimeoutIsBeyondTheClock() {
        Future<Integer> future = CompletableFuture.completedFuture(1);
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
        assertEquals(1, Futures.asCompleted(List.of(future), longest).count());
    }

    @Test
    void shouldKeepTheInterruptFlagWhenInterrupted() {
        OpaqueFuture<Integer> future = new OpaqueFuture<>();
        Thread.currentThread().interrupt();
        Iterator<Future<Integer>> done = Futures.asCompleted(List.of(future)).iterator();
        CancellationException cancelled = assertThrows(CancellationException.class, done::next);
        assertInstanceOf(InterruptedException.class, cancelled.getCause());
        assertTrue(Thread.interrupted());
        assertFalse(future.isDone());
    }

    @Test
    void shouldEndTheWatchersWhenTheStreamIsClosed() throws Exception {
        OpaqueFuture<Integer> slow = new OpaqueFuture<>();
        OpaqueFuture<Integer> quick = new OpaqueFuture<>();
        try (Stream<Future<Integer>> done = Futures.asCompleted(List.of(slow, quick))) {
            Iterator<Future<Integer>> iterator = done.iterator();
            quick.complete(1);
            assertSame(quick, iterator.next());
            slow.entered.await();
        }
        assertTrue(slow.stopped.await(10, TimeUnit.SECONDS));
        assertFalse(slow.isDone());
    }

    @Test
    void shouldEndTheWatchersWhenTheConsumerThrows() throws Exception {
        OpaqueFuture<Integer> slow = new OpaqueFuture<>();
        Stream<Future<Integer>> done =
                Futures.<Integer>asCompleted(List.of(CompletableFuture.completedFuture(1), slow));
        assertThrows(
                IllegalStateException.class,
                () ->
                        done.forEach(
                                future -> {
                                    awaitUninterruptibly(slow.entered);
                                    throw new IllegalStateException();
                                }));
        assertTrue(slow.stopped.await(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldEndTheWaitWhenTheStreamIsClosedInAnotherThread() throws Exception {
        OpaqueFuture<Integer> slow = new OpaqueFuture<>();
        Stream<Future<Integer>> done = Futures.asCompleted(List.of(slow));
        CountDownLatch ended = new CountDownLatch(1);
        Thread consumer =
                new Thread(
                        () -> {
                            done.forEach(future -> {});
                            ended.countDown();
                        });
        consumer.start();
        slow.entered.await();
        done.close();
        assertTrue(ended.await(10, TimeUnit.SECONDS));
        assertTrue(slow.stopped.await(10, TimeUnit.SECONDS));
    }

    private static List<Future<String>> futuresOf(List<Settable> settables) {
        return settables.stream().map(Settable::future).toList();
    }

    private static List<int[]> permutations(int size) {
        List<int[]> permutations = new ArrayList<>();
        permute(new int[size], 0, new boolean[size], permutations);
        return permutations;
    }

    private static void permute(int[] order, int depth, boolean[] used, List<int[]> into) {
        if (depth == order.length) {
            into.add(order.clone());
            return;
        }
        for (int i = 0; i < order.length; i++) {
            if (!used[i]) {
                used[i] = true;
                order[depth] = i;
                permute(order, depth + 1, used, into);
                used[i] = false;
            }
        }
    }
}
