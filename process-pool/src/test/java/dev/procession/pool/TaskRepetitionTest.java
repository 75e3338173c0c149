package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.procession.core.WorkerCrashedException;
import dev.procession.testing.Await;
import dev.procession.testing.BesideOthers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tasks that are run again, tasks without progress, and who runs dependent actions. */
final class TaskRepetitionTest {

    /** In the worker: how many attempts it has seen. */
    private static final AtomicInteger ATTEMPTS = new AtomicInteger();

    private static int failUntil(int attempt, boolean unchecked) throws IOException {
        int now = ATTEMPTS.incrementAndGet();
        if (now < attempt) {
            IOException failure = new IOException("attempt " + now);
            if (unchecked) {
                throw new UncheckedIOException(failure);
            }
            throw failure;
        }
        return now;
    }

    private static TaskOptions.Builder onIo(int retries) {
        return TaskOptions.builder().retries(retries).retryOn(IOException.class);
    }

    @Nested
    class RetryOn {

        @Test
        void shouldRunAgainUntilItReturns() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskFuture<Integer> future =
                        pool.submit(() -> failUntil(3, false), onIo(5).build());
                assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo(3);
                PoolStats stats = pool.stats();
                assertThat(stats.retried()).isEqualTo(2);
                assertThat(stats.succeeded()).isEqualTo(1);
                assertThat(stats.failed()).isZero();
                assertThat(pool.tasks()).isEmpty();
            }
        }

        @Test
        void shouldFailWithTheLastExceptionWhenTheAttemptsAreOver() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskFuture<Integer> future =
                        pool.submit(() -> failUntil(9, false), onIo(2).build());
                assertThatThrownBy(future::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOf(IOException.class)
                        .hasMessage("attempt 3");
                assertThat(pool.stats().failed()).isEqualTo(1);
            }
        }

        @Test
        void shouldNotRepeatAnotherException() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskFuture<Integer> future = pool.submit(() -> failUntil(9, true), onIo(5).build());
                assertThatThrownBy(future::get)
                        .cause()
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("attempt 1");
            }
        }

        @Test
        void shouldNotRepeatWithoutRetries() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskFuture<Integer> future =
                        pool.submit(() -> failUntil(9, false), onIo(0).build());
                assertThatThrownBy(future::get).cause().hasMessage("attempt 1");
            }
        }

        @Test
        void shouldCountDeathsAndExceptionsTogether() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskFuture<Integer> future =
                        pool.submit(
                                () -> {
                                    if (ATTEMPTS.incrementAndGet() == 1) {
                                        throw new IOException("first in this worker");
                                    }
                                    Runtime.getRuntime().halt(1);
                                    return 0;
                                },
                                onIo(2).build());
                assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOf(IOException.class);
                assertThat(pool.stats().retried()).isEqualTo(2);
            }
        }
    }

    @Nested
    class Pause {

        @Test
        void shouldWaitBeforeTheNextAttemptAndServeOthersMeanwhile() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                pool.submit(() -> 0).get();
                long start = System.nanoTime();
                TaskFuture<Integer> future =
                        pool.submit(
                                () -> failUntil(2, false),
                                onIo(1).retryPause(Duration.ofMillis(700)).build());
                Await.until(() -> pool.stats().retried() == 1, "the first attempt has failed");
                assertThat(pool.submit(() -> 7).get(20, TimeUnit.SECONDS)).isEqualTo(7);
                assertThat(future).isNotDone();
                TaskInfo paused = pool.tasks().get(0);
                assertThat(paused.state()).isEqualTo(TaskState.WAITING);
                assertThat(paused.attempt()).isEqualTo(2);
                assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo(2);
                assertThat(System.nanoTime() - start)
                        .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(700));
            }
        }

        @Test
        void shouldPauseAfterADeathToo() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskOptions options =
                        TaskOptions.builder().retries(1).retryPause(Duration.ofMillis(300)).build();
                TaskFuture<Void> future = pool.submit(() -> Runtime.getRuntime().halt(1), options);
                assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(WorkerCrashedException.class);
                assertThat(pool.stats().retried()).isEqualTo(1);
            }
        }

        @Test
        void shouldEndAtACancelAndAtShutdownNow() throws Exception {
            ProcessPoolExecutor pool = new ProcessPoolExecutor(1);
            TaskOptions options = onIo(1).retryPause(Duration.ofHours(1)).build();
            TaskFuture<Integer> cancelled = pool.submit(() -> failUntil(9, false), options);
            TaskFuture<Integer> paused = pool.submit(() -> failUntil(9, false), options);
            Await.until(() -> pool.stats().retried() == 2, "both pause");
            assertThat(cancelled.cancel(false)).isTrue();
            assertThat(pool.tasks()).extracting(TaskInfo::id).containsExactly(paused.id());
            assertThat(pool.shutdownNow()).hasSize(1);
            assertThatThrownBy(paused::get).isInstanceOf(CancellationException.class);
            assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }

        @Test
        void shouldBeAwaitedByClose() throws Exception {
            TaskFuture<Integer> future;
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                future =
                        pool.submit(
                                () -> failUntil(2, false),
                                onIo(1).retryPause(Duration.ofMillis(300)).build());
            }
            assertThat(future.get()).isEqualTo(2);
        }
    }

    @Nested
    class NoProgress {

        private static int advance(int steps, long millis, long lastMillis) throws Exception {
            for (int i = 1; i <= steps; i++) {
                Worker.current().progress((double) i / (steps + 1));
                Thread.sleep(i == steps ? lastMillis : millis);
            }
            return steps;
        }

        @Test
        @BesideOthers
        void shouldLetATaskRunAsLongAsItAdvances() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskOptions options =
                        TaskOptions.builder().noProgress(Duration.ofSeconds(2)).build();
                TaskFuture<Integer> future = pool.submit(() -> advance(10, 400, 400), options);
                assertThat(future.get(30, TimeUnit.SECONDS)).isEqualTo(10);
            }
        }

        @Test
        @BesideOthers
        void shouldEndATaskThatHasStopped() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskOptions options =
                        TaskOptions.builder().noProgress(Duration.ofMillis(400)).build();
                TaskFuture<Integer> future = pool.submit(() -> advance(3, 10, 60_000), options);
                assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOf(TaskTimeoutException.class)
                        .hasMessageContaining("made no progress for longer than it may")
                        .hasMessageContaining("PT0.4S");
                assertThat(pool.submit(() -> 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
            }
        }

        @Test
        @BesideOthers
        void shouldKeepTheTotalLimitBesideIt() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskOptions options =
                        TaskOptions.builder()
                                .noProgress(Duration.ofSeconds(20))
                                .timeout(Duration.ofMillis(300))
                                .build();
                TaskFuture<Integer> future = pool.submit(() -> advance(3, 10, 60_000), options);
                assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                        .cause()
                        .hasMessageContaining("ran longer than it may")
                        .hasMessageContaining("PT0.3S");
            }
        }
    }

    @Nested
    class Dependents {

        @Test
        void shouldRunOnTheExecutorOfTheUserUntilItRefuses() throws Exception {
            ExecutorService mine = Executors.newFixedThreadPool(1, r -> new Thread(r, "mine"));
            try (ProcessPoolExecutor pool =
                    ProcessPoolExecutor.builder().workers(1).dependents(mine).build()) {
                assertThat(threadOfAnAction(pool)).isEqualTo("mine");
                List<Runnable> unused = mine.shutdownNow();
                assertThat(threadOfAnAction(pool)).endsWith("-completer");
            } finally {
                List<Runnable> unused = mine.shutdownNow();
            }
        }

        /** As one with {@code CallerRunsPolicy} does when it is full. */
        @Test
        void shouldHoldUpNoOtherTaskWhenTheUsersExecutorRunsThemInTheCallingThread()
                throws Exception {
            CountDownLatch released = new CountDownLatch(1);
            try (ProcessPoolExecutor pool =
                    ProcessPoolExecutor.builder().workers(1).dependents(Runnable::run).build()) {
                CountDownLatch reached = new CountDownLatch(1);
                CompletableFuture<Boolean> blocked =
                        pool.submit(
                                        () -> {
                                            Thread.sleep(50);
                                            return 1;
                                        })
                                .thenApply(
                                        one -> {
                                            reached.countDown();
                                            return Uninterruptibles.awaitUninterruptibly(
                                                    released, 60, TimeUnit.SECONDS);
                                        });
                assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
                try {
                    assertThat(pool.submit(() -> 2).get(20, TimeUnit.SECONDS)).isEqualTo(2);
                } finally {
                    released.countDown();
                }
                assertThat(blocked.get(20, TimeUnit.SECONDS)).isTrue();
            }
        }

        private static String threadOfAnAction(ProcessPoolExecutor pool) throws Exception {
            CompletableFuture<String> name =
                    pool.submit(
                                    () -> {
                                        Thread.sleep(50);
                                        return 1;
                                    })
                            .thenApply(one -> Thread.currentThread().getName());
            return name.get(20, TimeUnit.SECONDS);
        }
    }
}
