package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.common.base.Throwables;
import dev.procession.core.WorkerCrashedException;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many threads wait for tasks of one worker, in every way at once: each gets its own result,
 * whatever becomes of the others' results, of the other threads, and of the worker.
 */
@Timeout(90)
final class WaitingThreadsTest {

    private static final int THREADS = 8;
    private static final int TURNS = 300;
    private static final int PATIENCE_SECONDS = 40;
    private static final List<Wait> WAYS = List.of(Wait.values());
    private static final String MESSAGE = "thrown while it was decoded";

    /** The ways to wait for a future. */
    enum Wait {
        GET {
            @Override
            <V> V await(TaskFuture<V> future) throws Exception {
                return future.get();
            }
        },
        JOIN {
            @Override
            <V> V await(TaskFuture<V> future) throws Exception {
                try {
                    return future.join();
                } catch (CompletionException e) {
                    throw new ExecutionException(e.getCause());
                }
            }
        },
        TIMED_GET {
            @Override
            <V> V await(TaskFuture<V> future) throws Exception {
                return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        },
        /** Asks again and again, a moment each time. */
        SHORT_TIMED_GET {
            @Override
            <V> V await(TaskFuture<V> future) throws Exception {
                while (true) {
                    try {
                        return future.get(100, TimeUnit.MICROSECONDS);
                    } catch (TimeoutException e) {
                        Thread.onSpinWait();
                    }
                }
            }
        },
        /** A dependent action has the result. */
        DEPENDENT {
            @Override
            <V> V await(TaskFuture<V> future) throws Exception {
                return future.thenApply(value -> value).get();
            }
        };

        abstract <V> V await(TaskFuture<V> future) throws Exception;
    }

    /** What a result does in this process while it is decoded. */
    enum Decoding {
        FAILS {
            @Override
            void run() throws Exception {
                throw new InvalidObjectException(MESSAGE);
            }
        },
        THROWS_A_RUNTIME_EXCEPTION {
            @Override
            void run() {
                throw new IllegalStateException(MESSAGE);
            }
        },
        THROWS_AN_ERROR {
            @Override
            void run() {
                throw new AssertionError(MESSAGE);
            }
        },
        LACKS_A_CLASS {
            @Override
            void run() {
                throw new NoClassDefFoundError(MESSAGE);
            }
        },
        OVERFLOWS_THE_STACK {
            @Override
            void run() {
                throw new StackOverflowError(MESSAGE);
            }
        },
        FILLS_THE_HEAP {
            @Override
            void run() {
                throw new OutOfMemoryError(MESSAGE);
            }
        };

        abstract void run() throws Exception;
    }

    /** A result that is not just data: this process runs code while it decodes it. */
    private static final class Active implements Serializable {
        private static final long serialVersionUID = 1L;

        /** What decoding does here; a worker has none. */
        private static final AtomicReference<Callable<?>> HERE = new AtomicReference<>(() -> null);

        private final int number;

        Active(int number) {
            this.number = number;
        }

        private Object readResolve() throws ObjectStreamException {
            try {
                HERE.get().call();
            } catch (ObjectStreamException e) {
                throw e;
            } catch (Exception e) {
                Throwables.throwIfUnchecked(e);
                throw new IllegalStateException(e);
            }
            return this;
        }
    }

    /** Threads that submit tasks and wait for them, one after the other, until they are ended. */
    private static final class Neighbours implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Background<Integer>> threads = new ArrayList<>();

        Neighbours(ProcessPoolExecutor pool) {
            for (Wait wait : WAYS) {
                threads.add(Background.start(() -> work(pool, wait)));
            }
        }

        private int work(ProcessPoolExecutor pool, Wait wait) throws Exception {
            int turns = 0;
            while (!over.get() || turns < 10) {
                int number = turns++;
                assertThat(wait.await(pool.submit(() -> number))).isEqualTo(number);
            }
            return turns;
        }

        /** All of them get further: their tasks end though another one's result does not. */
        void awaitEnd() throws Exception {
            over.set(true);
            for (Background<Integer> thread : threads) {
                assertThat(thread.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isPositive();
            }
        }

        @Override
        public void close() {
            over.set(true);
        }
    }

    @Nested
    final class WhenAResultMisbehaves {

        @ParameterizedTest
        @EnumSource
        void shouldFailItsFutureAlone(Decoding decoding) throws Exception {
            Active.HERE.set(
                    () -> {
                        decoding.run();
                        return null;
                    });
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build();
                    Neighbours neighbours = new Neighbours(pool)) {
                for (int turn = 0; turn < 20; turn++) {
                    for (Wait wait : WAYS) {
                        TaskFuture<Active> future = pool.submit(() -> new Active(1));
                        assertThatThrownBy(() -> wait.await(future))
                                .isInstanceOf(ExecutionException.class)
                                .rootCause()
                                .hasMessageContaining(MESSAGE);
                        assertThat(future.isCompletedExceptionally()).isTrue();
                    }
                }
                neighbours.awaitEnd();
                assertThat(pool.stats().workersLost()).isZero();
                assertThat(pool.stats().workersStarted()).isEqualTo(1);
            }
        }

        @ParameterizedTest
        @EnumSource
        void shouldHoldUpItsFutureAloneWhenItBlocks(Wait wait) throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            Active.HERE.set(
                    () -> {
                        begun.countDown();
                        return end.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    });
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build();
                    Neighbours neighbours = new Neighbours(pool)) {
                TaskFuture<Active> blocked = pool.submit(() -> new Active(7));
                Background<Active> waiting = Background.start(() -> wait.await(blocked));
                assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                neighbours.awaitEnd();
                assertThat(waiting.isDone()).isFalse();
                end.countDown();
                assertThat(waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS).number).isEqualTo(7);
            } finally {
                end.countDown();
            }
        }

        /** Each call of {@code close} has an end: within the time that callbacks are waited for. */
        @ParameterizedTest
        @CsvSource({
            "GET, false",
            "GET, true",
            "TIMED_GET, false",
            "TIMED_GET, true",
            "DEPENDENT, false"
        })
        void shouldEndThePoolWhenItClosesIt(Wait wait, boolean kills) throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                pool.submit(() -> 1).get();
                Active.HERE.set(
                        () -> {
                            end(pool, kills);
                            return null;
                        });
                TaskFuture<Active> closing = pool.submit(() -> new Active(7));
                TaskFuture<Integer> behind = pool.submit(() -> 8);
                Background<Active> waiting = Background.start(() -> wait.await(closing));
                assertThat(waiting.get(20, TimeUnit.SECONDS).number).isEqualTo(7);
                assertThat(pool.isTerminated()).isTrue();
                if (kills) {
                    Await.until(behind::isDone, "the task behind it is settled");
                } else {
                    assertThat(behind.get(20, TimeUnit.SECONDS)).isEqualTo(8);
                }
            }
        }
    }

    @Nested
    final class WhenAThreadIsInterrupted {

        /**
         * The result decodes to the end; the interrupt is not lost, and the future has its value.
         */
        @ParameterizedTest
        @EnumSource(names = {"GET", "JOIN", "TIMED_GET"})
        void shouldCompleteTheFutureThatItWasDecoding(Wait wait) throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            Active.HERE.set(
                    () -> {
                        begun.countDown();
                        awaitUninterrupted(end);
                        return null;
                    });
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build();
                    Neighbours neighbours = new Neighbours(pool)) {
                TaskFuture<Active> future = pool.submit(() -> new Active(7));
                Background<Boolean> waiting =
                        Background.start(
                                () -> {
                                    try {
                                        assertThat(wait.await(future).number).isEqualTo(7);
                                        return Thread.interrupted();
                                    } catch (InterruptedException e) {
                                        return true;
                                    }
                                });
                assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                waiting.thread().interrupt();
                Background<Active> other = Background.start(future::get).awaitBlocked();
                end.countDown();
                assertThat(waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                assertThat(other.get(PATIENCE_SECONDS, TimeUnit.SECONDS).number).isEqualTo(7);
                neighbours.awaitEnd();
            } finally {
                end.countDown();
            }
        }

        /** Decoding that gives up fails the future, for all threads that wait for it. */
        @Test
        void shouldFailTheFutureWhoseDecodingGivesUp() throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            Active.HERE.set(
                    () -> {
                        begun.countDown();
                        Thread.sleep(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                        return null;
                    });
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build();
                    Neighbours neighbours = new Neighbours(pool)) {
                TaskFuture<Active> future = pool.submit(() -> new Active(7));
                Background<Active> waiting = Background.start(future::get);
                assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                waiting.thread().interrupt();
                assertThatThrownBy(() -> waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .hasRootCauseInstanceOf(InterruptedException.class);
                assertThatThrownBy(() -> future.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasRootCauseInstanceOf(InterruptedException.class);
                neighbours.awaitEnd();
            }
        }

        /** Whoever reads for the others may leave at any instant. */
        @Test
        void shouldLetTheOthersHaveTheirResults() throws Exception {
            AtomicBoolean over = new AtomicBoolean();
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build();
                    Neighbours neighbours = new Neighbours(pool)) {
                List<Background<Integer>> interrupted = new ArrayList<>();
                for (int i = 0; i < THREADS / 2; i++) {
                    interrupted.add(
                            Background.start(
                                    () -> {
                                        int interrupts = 0;
                                        while (!over.get()) {
                                            interrupts += workInterruptibly(pool);
                                        }
                                        return interrupts;
                                    }));
                }
                for (int i = 0; i < 500; i++) {
                    Thread.sleep(0, 200_000);
                    interrupted.get(i % interrupted.size()).thread().interrupt();
                }
                over.set(true);
                int interrupts = 0;
                for (Background<Integer> each : interrupted) {
                    interrupts += each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                }
                assertThat(interrupts).as("interrupts that ended a get").isPositive();
                neighbours.awaitEnd();
            } finally {
                over.set(true);
            }
        }

        /** Waits for one task until it has the value; returns how often it was interrupted. */
        private int workInterruptibly(ProcessPoolExecutor pool) throws ExecutionException {
            TaskFuture<Integer> future = submitUninterrupted(pool);
            int interrupts = 0;
            while (true) {
                try {
                    assertThat(future.get()).isEqualTo(1);
                    return interrupts;
                } catch (InterruptedException e) {
                    interrupts++;
                }
            }
        }

        private TaskFuture<Integer> submitUninterrupted(ProcessPoolExecutor pool) {
            boolean interrupted = Thread.interrupted();
            TaskFuture<Integer> future = pool.submit(() -> 1);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return future;
        }
    }

    @Nested
    final class WhenTheWorkerIsKilled {

        @Test
        void shouldGiveEachThreadItsOwnResultOrTheDeath() throws Exception {
            AtomicBoolean over = new AtomicBoolean();
            try (ProcessPoolExecutor pool = TestPools.quiet(1).warmSpare(true).build()) {
                List<Background<Integer>> threads = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int first = i << 20;
                    Wait wait = WAYS.get(i % WAYS.size());
                    threads.add(Background.start(() -> work(pool, wait, first, over)));
                }
                long kills = 0;
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
                while (System.nanoTime() - end < 0) {
                    long killed = kills++;
                    Await.until(
                            () -> pool.stats().succeeded() > 200 * killed,
                            "the threads get results after this number of kills: " + killed);
                    pool.workers().stream()
                            .filter(worker -> worker.state() == WorkerState.BUSY)
                            .forEach(worker -> kill(worker.pid()));
                }
                over.set(true);
                int deaths = 0;
                for (Background<Integer> thread : threads) {
                    deaths += thread.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                }
                assertThat(deaths).as("tasks that died").isLessThanOrEqualTo((int) kills);
                assertThat(kills).as("kills").isGreaterThan(3);
            } finally {
                over.set(true);
            }
        }

        private void kill(long pid) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }

        /** Returns how many of the tasks died with their worker. */
        private int work(ProcessPoolExecutor pool, Wait wait, int first, AtomicBoolean over)
                throws Exception {
            int deaths = 0;
            for (int i = first; !over.get(); i++) {
                int number = i;
                TaskFuture<Integer> future = pool.submit(() -> number);
                try {
                    assertThat(wait.await(future)).isEqualTo(number);
                } catch (ExecutionException e) {
                    assertThat(Throwables.getRootCause(e))
                            .isInstanceOf(WorkerCrashedException.class);
                    deaths++;
                }
            }
            return deaths;
        }
    }

    @Nested
    final class InEveryKindOfThread {

        @Test
        void shouldGiveEachThreadItsOwnResult() throws Exception {
            ForkJoinPool forkJoin = new ForkJoinPool(2);
            ExecutorService threads = Executors.newCachedThreadPool();
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                assertEachGetsItsOwn(pool, List.of(forkJoin, threads));
            } finally {
                threads.shutdownNow();
                forkJoin.shutdownNow();
            }
        }

        @Test
        void shouldGiveEachVirtualThreadItsOwnResult() throws Exception {
            assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
            ExecutorService virtual =
                    (ExecutorService)
                            Executors.class
                                    .getMethod("newVirtualThreadPerTaskExecutor")
                                    .invoke(null);
            ExecutorService threads = Executors.newCachedThreadPool();
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                assertEachGetsItsOwn(pool, List.of(virtual, threads));
            } finally {
                threads.shutdownNow();
                virtual.shutdownNow();
            }
        }

        private void assertEachGetsItsOwn(
                ProcessPoolExecutor pool, List<? extends ExecutorService> executors)
                throws Exception {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int first = i << 20;
                for (Wait wait : WAYS) {
                    for (ExecutorService executor : executors) {
                        all.add(executor.submit(() -> work(pool, wait, first)));
                    }
                }
            }
            for (Future<Integer> each : all) {
                assertThat(each.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(TURNS);
            }
        }

        private int work(ProcessPoolExecutor pool, Wait wait, int first) throws Exception {
            for (int i = 0; i < TURNS; i++) {
                int number = first + i;
                assertThat(wait.await(pool.submit(() -> number))).isEqualTo(number);
            }
            return TURNS;
        }

        /** A get with a timeout ends in its time, though others wait without one. */
        @Test
        void shouldEndATimedGetInItsTimeBesideThreadsThatWaitForEver() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                pool.submit(() -> 1).get();
                TaskFuture<Integer> endless = pool.submit(Endless::sleep);
                TaskFuture<Integer> behind = pool.submit(() -> 2);
                Background<Integer> first = Background.start(endless::get).awaitBlocked();
                Background<Integer> second = Background.start(behind::get).awaitBlocked();
                for (TaskFuture<Integer> each : List.of(endless, behind)) {
                    long start = System.nanoTime();
                    assertThatThrownBy(() -> each.get(200, TimeUnit.MILLISECONDS))
                            .isInstanceOf(TimeoutException.class);
                    assertThat(Duration.ofNanos(System.nanoTime() - start))
                            .isLessThan(Duration.ofSeconds(2));
                }
                endless.cancel(true);
                assertThat(second.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(2);
                assertThatThrownBy(() -> first.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .hasRootCauseInstanceOf(CancellationException.class);
            }
        }

        /** All wait for one future; one decodes, and all have the same object. */
        @Test
        void shouldGiveAllThreadsTheSameResult() throws Exception {
            Active.HERE.set(() -> null);
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                for (int turn = 0; turn < 50; turn++) {
                    TaskFuture<Active> future = pool.submit(() -> new Active(7));
                    List<Background<Active>> threads = new ArrayList<>();
                    for (Wait wait : WAYS) {
                        threads.add(Background.start(() -> wait.await(future)));
                    }
                    Active right = future.get();
                    for (Background<Active> thread : threads) {
                        assertThat(thread.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isSameAs(right);
                    }
                }
            }
        }
    }

    private static void end(ProcessPoolExecutor pool, boolean kills) {
        if (kills) {
            pool.killWorkers();
        }
        pool.close();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
