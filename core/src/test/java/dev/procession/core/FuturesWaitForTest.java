package dev.procession.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ForwardingListenableFuture.SimpleForwardingListenableFuture;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import dev.procession.core.FutureKind.Settable;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.LeavesNothingBehind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(LeavesNothingBehind.class)
class FuturesWaitForTest {

    private static final Duration SHORT = Duration.ofMillis(10);

    @ParameterizedTest
    @EnumSource
    void shouldReturnWhenTheFirstIsDone(FutureKind kind) throws Exception {
        List<Settable> settables = Stream.generate(kind::create).limit(3).toList();
        whenSomebodyWaits(
                settables, ReturnWhen.FIRST_COMPLETED, () -> settables.get(1).complete("done"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnWhenOneFails(FutureKind kind) throws Exception {
        List<Settable> settables = Stream.generate(kind::create).limit(3).toList();
        settables.get(0).complete("done");
        Waited<String> waited =
                whenSomebodyWaits(
                        settables,
                        ReturnWhen.FIRST_EXCEPTION,
                        () -> settables.get(2).fail(new IllegalStateException()));
        assertEquals(Set.of(settables.get(0).future(), settables.get(2).future()), waited.done());
        assertEquals(Set.of(settables.get(1).future()), waited.notDone());
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnWhenAllAreDone(FutureKind kind) throws Exception {
        List<Settable> settables = Stream.generate(kind::create).limit(3).toList();
        Waited<String> waited =
                whenSomebodyWaits(
                        settables,
                        ReturnWhen.ALL_COMPLETED,
                        () -> {
                            settables.get(2).complete("done");
                            settables.get(0).fail(new IllegalStateException());
                            settables.get(1).future().cancel(true);
                        });
        assertEquals(futuresOf(settables), List.copyOf(waited.done()));
        assertEquals(Set.of(), waited.notDone());
    }

    @Test
    void shouldNotTakeACancelledFutureForAFailedOne() throws Exception {
        CompletableFuture<Integer> cancelled = new CompletableFuture<>();
        cancelled.cancel(false);
        CompletableFuture<Integer> pending = new CompletableFuture<>();
        List<Future<Integer>> futures = List.of(cancelled, pending);
        Waited<Integer> waited = Futures.waitFor(futures, ReturnWhen.FIRST_EXCEPTION, SHORT);
        assertEquals(Set.of(cancelled), waited.done());
        assertEquals(Set.of(pending), waited.notDone());
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnAtOnceWhenThereIsNothingToWaitFor(ReturnWhen when) throws Exception {
        Waited<Integer> waited = Futures.waitFor(List.<Future<Integer>>of(), when);
        assertEquals(new Waited<>(Set.of(), Set.of()), waited);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnWhatThereIsWhenTheTimeIsOver(ReturnWhen when) throws Exception {
        List<Future<Integer>> futures =
                List.of(
                        new CompletableFuture<>(),
                        SettableFuture.create(),
                        new FutureTask<>(() -> 1));
        Waited<Integer> waited = Futures.waitFor(futures, when, SHORT);
        assertEquals(Set.of(), waited.done());
        assertEquals(futures, List.copyOf(waited.notDone()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldThrowWhenInterrupted(ReturnWhen when) {
        OpaqueFuture<Integer> future = new OpaqueFuture<>();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> Futures.waitFor(List.of(future), when));
        assertFalse(Thread.interrupted());
    }

    @Test
    void shouldNotThrowWhenInterruptedWithNothingToWaitFor() throws Exception {
        Thread.currentThread().interrupt();
        Futures.waitFor(List.of(CompletableFuture.completedFuture(1)), ReturnWhen.ALL_COMPLETED);
        assertTrue(Thread.interrupted());
    }

    @Test
    void shouldEndTheWatchersWhenItReturns() throws Exception {
        OpaqueFuture<Integer> slow = new OpaqueFuture<>();
        CompletableFuture<Integer> quick = new CompletableFuture<>();
        Thread completer =
                new Thread(
                        () -> {
                            try {
                                slow.entered.await();
                            } catch (InterruptedException impossible) {
                                throw new AssertionError(impossible);
                            }
                            quick.complete(1);
                        });
        completer.start();
        Futures.<Integer>waitFor(List.of(slow, quick), ReturnWhen.FIRST_COMPLETED);
        assertTrue(slow.stopped.await(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldLeaveNothingOnAFutureThatIsNeverDone() throws Exception {
        CompletableFuture<Integer> never = new CompletableFuture<>();
        for (int i = 0; i < 100; i++) {
            Futures.waitFor(List.of(never), ReturnWhen.FIRST_COMPLETED, Duration.ZERO);
        }
        assertTrue(never.getNumberOfDependents() <= 1, () -> never.toString());
    }

    @Test
    void shouldLeaveOneListenerOnAListenableFutureHoweverOftenItIsWaitedFor() throws Exception {
        AtomicInteger listeners = new AtomicInteger();
        ListenableFuture<Integer> never =
                new SimpleForwardingListenableFuture<>(SettableFuture.<Integer>create()) {
                    @Override
                    public void addListener(Runnable listener, Executor executor) {
                        listeners.incrementAndGet();
                        super.addListener(listener, executor);
                    }
                };
        for (int i = 0; i < 100; i++) {
            Futures.waitFor(List.of(never), ReturnWhen.FIRST_COMPLETED, Duration.ZERO);
        }
        assertEquals(1, listeners.get());
    }

    @Test
    void shouldEndManyWatchers() throws Exception {
        List<FutureTask<Integer>> tasks =
                Stream.generate(() -> new FutureTask<>(() -> 1)).limit(200).toList();
        Waited<Integer> waited = Futures.waitFor(tasks, ReturnWhen.FIRST_COMPLETED, SHORT);
        assertEquals(200, waited.notDone().size());
    }

    @Test
    void shouldLetBothGoOnWhenTwoThreadsWaitForOneListenableFuture() throws Exception {
        SettableFuture<Integer> future = SettableFuture.create();
        List<Background<Long>> waiters = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            waiters.add(Background.start(() -> Futures.asCompleted(List.of(future)).count()));
        }
        for (Background<Long> waiter : waiters) {
            Await.blocked(waiter.thread());
        }
        future.set(1);
        for (Background<Long> waiter : waiters) {
            assertEquals(1, waiter.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldGiveSetsThatCannotBeChanged() throws Exception {
        Waited<Integer> waited =
                Futures.waitFor(
                        List.of(CompletableFuture.completedFuture(1)), ReturnWhen.ALL_COMPLETED);
        assertThrows(UnsupportedOperationException.class, () -> waited.done().clear());
    }

    /**
     * Runs an action while another thread waits for the futures; returns the result of the wait.
     */
    private static Waited<String> whenSomebodyWaits(
            List<Settable> settables, ReturnWhen when, Runnable then) throws Exception {
        Background<Waited<String>> waiting =
                Background.start(() -> Futures.waitFor(futuresOf(settables), when)).awaitBlocked();
        then.run();
        return waiting.get(10, TimeUnit.SECONDS);
    }

    private static List<Future<String>> futuresOf(List<Settable> settables) {
        return settables.stream().map(Settable::future).toList();
    }
}
