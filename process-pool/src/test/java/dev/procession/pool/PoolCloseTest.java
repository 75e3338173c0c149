package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.WorkerCrashedException;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.BesideOthers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pools that are closed in a callback, more than once, by several threads, and under load. */
@Timeout(60)
final class PoolCloseTest {

    /**
     * How long the end of these pools takes at most: their tasks are short, and callbacks that do
     * not return and workers that do not exit are waited for for two seconds each.
     */
    private static final Duration BOUND = Duration.ofSeconds(10);

    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final int SUBMITTERS = 3;

    /** The options of a task that does not begin while the submitters go on. */
    private static final TaskOptions LAST =
            TaskOptions.builder().priority(Integer.MIN_VALUE).build();

    private static final int IN_FLIGHT_OF_EACH = 100;

    /** The ways to end a pool that return when it has ended, and those that do not wait. */
    enum Way {
        CLOSE {
            @Override
            void end(ProcessPoolExecutor pool) {
                pool.close();
            }
        },
        CLOSE_IN_TIME {
            @Override
            void end(ProcessPoolExecutor pool) {
                boolean unused = pool.close(Duration.ofMillis(500));
            }
        },
        SHUTDOWN_NOW {
            @Override
            void end(ProcessPoolExecutor pool) {
                List<Runnable> unused = pool.shutdownNow();
                pool.close();
            }
        },
        KILL_WORKERS {
            @Override
            void end(ProcessPoolExecutor pool) {
                pool.killWorkers();
                pool.close();
            }
        };

        abstract void end(ProcessPoolExecutor pool);

        /** Whether all tasks that were accepted return. */
        boolean letsTasksEnd() {
            return this == CLOSE;
        }
    }

    /** The callback that closes the pool. */
    enum Callback {
        /** Of a task that returned. */
        WHEN_COMPLETE,
        /** The same. */
        THEN_RUN,
        /** Of a task whose worker died. */
        AFTER_A_CRASH,
        /** Of a task that was cancelled: runs in the thread that cancels. */
        AFTER_A_CANCEL,
        /** Of a task whose owner completes its future: runs in the owner's thread. */
        AFTER_A_COMPLETION,
        /** Of a task that never began: runs in the thread that ends the pool. */
        AFTER_SHUTDOWN_NOW
    }

    private final Queue<TaskFuture<Integer>> accepted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger settled = new AtomicInteger();

    @ParameterizedTest
    @BesideOthers
    @CsvSource({
        "WHEN_COMPLETE, CLOSE",
        "WHEN_COMPLETE, CLOSE_IN_TIME",
        "WHEN_COMPLETE, SHUTDOWN_NOW",
        "WHEN_COMPLETE, KILL_WORKERS",
        "THEN_RUN, CLOSE",
        "THEN_RUN, CLOSE_IN_TIME",
        "AFTER_A_CRASH, CLOSE",
        "AFTER_A_CRASH, SHUTDOWN_NOW",
        "AFTER_A_CANCEL, CLOSE",
        "AFTER_A_CANCEL, KILL_WORKERS",
        "AFTER_A_COMPLETION, CLOSE",
        "AFTER_A_COMPLETION, KILL_WORKERS",
        "AFTER_SHUTDOWN_NOW, CLOSE",
        "AFTER_SHUTDOWN_NOW, CLOSE_IN_TIME"
    })
    void shouldEndWhenACallbackClosesIt(Callback callback, Way way) throws Exception {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        try (ProcessPoolExecutor pool = TestPools.quiet(2).build()) {
            List<Background<?>> submitters = startSubmitters(pool);
            Runnable close =
                    () -> {
                        try {
                            way.end(pool);
                            closed.complete(pool.isTerminated());
                        } catch (Throwable e) { // reported by the test's thread
                            closed.completeExceptionally(e);
                        }
                    };
            long start = System.nanoTime();
            Background<?> closing =
                    Background.start(
                            () -> {
                                closeIn(callback, pool, close);
                                return null;
                            });
            try {
                assertThat(closed.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
                closing.get(BOUND.toSeconds(), TimeUnit.SECONDS);
                assertThat(pool.awaitTermination(1, TimeUnit.SECONDS)).isTrue();
            } finally {
                pool.killWorkers(); // what hangs ends, so that the test does
            }
            assertEndOfSubmitters(submitters, start);
            assertAllSettled(way.letsTasksEnd() && callback != Callback.AFTER_SHUTDOWN_NOW);
        }
    }

    /** The pool waits two seconds for its callbacks, which is longer than these four fifths. */
    @Test
    void shouldNotWaitForTheCallbackThatClosesIt() throws Exception {
        try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
            assertThat(pool.submit(() -> slowly(1)).get()).isEqualTo(1);
            CompletableFuture<Boolean> endedBySelf =
                    pool.submit(() -> slowly(1))
                            .thenApply(value -> pool.close(Duration.ofMillis(2_400)));
            assertThat(endedBySelf.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void closeIn(Callback callback, ProcessPoolExecutor pool, Runnable close) {
        TaskFuture<Integer> future =
                switch (callback) {
                    case WHEN_COMPLETE, THEN_RUN -> pool.submit(() -> slowly(1));
                    case AFTER_A_CRASH -> pool.submit(PoolCloseTest::halt);
                    case AFTER_A_CANCEL, AFTER_A_COMPLETION, AFTER_SHUTDOWN_NOW ->
                            pool.submit(Endless::sleep, LAST);
                };
        CompletableFuture<?> unused =
                callback == Callback.THEN_RUN
                        ? future.thenRun(close)
                        : future.whenComplete((value, thrown) -> close.run());
        switch (callback) {
            case AFTER_A_CANCEL -> future.cancel(true);
            case AFTER_A_COMPLETION -> future.complete(0);
            case AFTER_SHUTDOWN_NOW -> {
                List<Runnable> never = pool.shutdownNow();
                assertThat(never).isNotEmpty();
            }
            default -> {}
        }
    }

    @ParameterizedTest
    @BesideOthers
    @CsvSource({
        "CLOSE, CLOSE, 0",
        "CLOSE, CLOSE, 10",
        "CLOSE, CLOSE_IN_TIME, 0",
        "CLOSE, SHUTDOWN_NOW, 0",
        "CLOSE, SHUTDOWN_NOW, 10",
        "CLOSE, KILL_WORKERS, 0",
        "CLOSE_IN_TIME, CLOSE_IN_TIME, 10",
        "SHUTDOWN_NOW, KILL_WORKERS, 10",
        "KILL_WORKERS, KILL_WORKERS, 0"
    })
    void shouldEndWhenTwoThreadsCloseItWhileTasksAreSubmitted(Way one, Way other, int capacity)
            throws Exception {
        ProcessPoolExecutor.Builder builder = TestPools.quiet(2);
        if (capacity > 0) {
            builder.queueCapacity(capacity).whenFull(WhenFull.BLOCK);
        }
        try (ProcessPoolExecutor pool = builder.build()) {
            List<Background<?>> submitters = startSubmitters(pool);
            CyclicBarrier together = new CyclicBarrier(2);
            long start = System.nanoTime();
            List<Background<Boolean>> closers = new ArrayList<>();
            for (Way way : List.of(one, other)) {
                closers.add(
                        Background.start(
                                () -> {
                                    together.await();
                                    way.end(pool);
                                    return pool.isTerminated();
                                }));
            }
            try {
                for (Background<Boolean> closer : closers) {
                    assertThat(closer.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
                }
            } finally {
                pool.killWorkers(); // what hangs ends, so that the test does
            }
            assertEndOfSubmitters(submitters, start);
            assertAllSettled(one.letsTasksEnd() && other.letsTasksEnd());
        }
    }

    @ParameterizedTest
    @BesideOthers
    @EnumSource
    void shouldDoNothingTheSecondTime(Way way) throws Exception {
        try (ProcessPoolExecutor pool = TestPools.quiet(2).build()) {
            List<Background<?>> submitters = startSubmitters(pool);
            long start = System.nanoTime();
            way.end(pool);
            assertEndOfSubmitters(submitters, start);
            long again = System.nanoTime();
            for (Way each : Way.values()) {
                each.end(pool);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - again)).isLessThan(AT_ONCE);
            assertThatThrownBy(() -> pool.submit(() -> 1))
                    .isInstanceOf(RejectedExecutionException.class);
            assertAllSettled(way.letsTasksEnd());
        }
    }

    /** Threads that submit short tasks until the pool refuses one. */
    private List<Background<?>> startSubmitters(ProcessPoolExecutor pool) throws Exception {
        List<Background<?>> submitters = new ArrayList<>();
        for (int i = 0; i < SUBMITTERS; i++) {
            submitters.add(
                    Background.start(
                            () -> {
                                submitUntilRefused(pool);
                                return null;
                            }));
        }
        Await.until(() -> settled.get() > 2 * IN_FLIGHT_OF_EACH, "both workers are at work");
        return submitters;
    }

    private void submitUntilRefused(ProcessPoolExecutor pool) throws InterruptedException {
        Semaphore places = new Semaphore(IN_FLIGHT_OF_EACH);
        while (true) {
            assertThat(places.tryAcquire(20, TimeUnit.SECONDS)).as("a task ends").isTrue();
            try {
                TaskFuture<Integer> future = pool.submit(() -> slowly(1));
                accepted.add(future);
                CompletableFuture<?> unused =
                        future.whenComplete(
                                (value, thrown) -> {
                                    settled.incrementAndGet();
                                    places.release();
                                });
            } catch (RejectedExecutionException e) {
                return;
            }
        }
    }

    private static void assertEndOfSubmitters(List<Background<?>> submitters, long start)
            throws Exception {
        for (Background<?> submitter : submitters) {
            submitter.get(BOUND.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
    }

    /** All have ended once: with their value, or as the way of the end has it. */
    private void assertAllSettled(boolean allReturned) throws Exception {
        Await.until(() -> settled.get() >= accepted.size(), "all accepted tasks are settled");
        assertThat(settled).hasValue(accepted.size());
        for (TaskFuture<Integer> future : accepted) {
            assertThat(future).isDone();
            try {
                assertThat(future.get()).isEqualTo(1);
            } catch (CancellationException e) {
                assertThat(allReturned).as("a task was cancelled").isFalse();
            } catch (ExecutionException e) {
                assertThat(e.getCause())
                        .isInstanceOfAny(WorkerCrashedException.class, InterruptedException.class);
                assertThat(allReturned).as("a task failed").isFalse();
            }
        }
    }

    private static int slowly(int value) throws InterruptedException {
        Thread.sleep(1);
        return value;
    }

    private static int halt() {
        Runtime.getRuntime().halt(7);
        return 0;
    }
}
