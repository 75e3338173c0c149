package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Futures that their owners complete, and what their tasks keep. */
final class CompletedByOwnerTest {

    private static final long LONG_MILLIS = 50_000;

    /** The ways of completing a future that the pool has not completed. */
    enum Way {
        OR_TIMEOUT,
        COMPLETE_ON_TIMEOUT,
        COMPLETE,
        COMPLETE_ASYNC,
        COMPLETE_EXCEPTIONALLY,
        OBTRUDE,
        CANCEL;

        void complete(TaskFuture<Long> future) {
            CompletableFuture<Long> same = future;
            switch (this) {
                case OR_TIMEOUT -> same = future.orTimeout(1, TimeUnit.MILLISECONDS);
                case COMPLETE_ON_TIMEOUT ->
                        same = future.completeOnTimeout(0L, 1, TimeUnit.MILLISECONDS);
                case COMPLETE -> future.complete(0L);
                case COMPLETE_ASYNC -> same = future.completeAsync(() -> 0L);
                case COMPLETE_EXCEPTIONALLY ->
                        future.completeExceptionally(new Exception("enough"));
                case OBTRUDE -> future.obtrudeValue(0L);
                case CANCEL -> future.cancel(false);
            }
            Await.until(same::isDone, "the future is done");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveThePlaceInABoundedQueueBack(Way way) throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder()
                        .workers(1)
                        .queueCapacity(1)
                        .whenFull(WhenFull.REJECT)
                        .build()) {
            TaskFuture<Long> running = runningTask(pool);
            for (int i = 0; i < 5; i++) {
                way.complete(pool.submit(() -> 1L));
            }
            TaskFuture<Integer> accepted = pool.submit(() -> 1);
            assertThat(pool.stats().queued()).isEqualTo(1);
            running.cancel(true);
            assertThat(accepted.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void shouldLeaveNothingInTheQueueOfTasksThatAreOver() {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<Long> running = runningTask(pool);
            List<TaskFuture<Long>> waiting = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                waiting.add(pool.submit(() -> 1L, TaskOptions.builder().priority(i % 3).build()));
            }
            for (int i = 0; i < waiting.size(); i++) {
                if (i % 2 == 0) {
                    waiting.get(i).cancel(false);
                } else {
                    waiting.get(i).complete(2L);
                }
            }
            assertThat(pool.stats().queued()).isZero();
            running.cancel(true);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndATaskThatRunsTooLongWhoeverCompletedItsFuture(Way way) throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder()
                        .workers(1)
                        .taskTimeout(Duration.ofSeconds(1))
                        .build()) {
            way.complete(runningTask(pool));
            assertThat(pool.submit(() -> 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(pool.close(Duration.ofSeconds(20))).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldStopTheTaskByCancelWhoeverCompletedItsFuture(Way way) throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<Long> running = runningTask(pool);
            way.complete(running);
            assertThat(running.cancel(true)).isEqualTo(way == Way.CANCEL);
            assertThat(pool.submit(() -> 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(pool.close(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void shouldKeepNeitherTheTaskNorWhatItCapturedWhenItIsDone() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            List<WeakReference<byte[]>> captured = new ArrayList<>();
            List<TaskFuture<Integer>> done = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                done.add(submitCapturing(pool, captured));
            }
            done.get(4).cancel(true);
            for (int i = 0; i < 4; i++) {
                assertThat(done.get(i).get()).isEqualTo(1000);
            }
            Await.until(
                    () -> {
                        System.gc();
                        return captured.stream().allMatch(array -> array.get() == null);
                    },
                    "what tasks captured is collected while their futures are kept");
            assertThat(done).allMatch(TaskFuture::isDone);
        }
    }

    private static TaskFuture<Integer> submitCapturing(
            ProcessPoolExecutor pool, List<WeakReference<byte[]>> captured) {
        byte[] argument = new byte[1000];
        captured.add(new WeakReference<>(argument));
        return pool.submit(() -> argument.length);
    }

    @Test
    void shouldCompleteAsyncAsTheJdkDoes() {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<Long> running = runningTask(pool);
            assertThatThrownBy(() -> running.completeAsync(null))
                    .isInstanceOf(NullPointerException.class);
            List<Runnable> later = new ArrayList<>();
            List<Long> ran = new ArrayList<>();
            CompletableFuture<Long> same =
                    running.completeAsync(
                            () -> {
                                ran.add(1L);
                                return 1L;
                            },
                            later::add);
            assertThat(same).isSameAs(running);
            assertThat(running.cancel(true)).isTrue();
            later.get(0).run();
            assertThat(ran).isEmpty();
            assertThatThrownBy(running::join).isInstanceOf(CancellationException.class);

            TaskFuture<Long> failing = runningTask(pool);
            IllegalStateException failure = new IllegalStateException("no value");
            same =
                    failing.completeAsync(
                            () -> {
                                throw failure;
                            },
                            Runnable::run);
            assertThat(same.handle((value, thrown) -> thrown).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCause(failure);
            failing.cancel(true);
        }
    }

    private static TaskFuture<Long> runningTask(ProcessPoolExecutor pool) {
        TaskFuture<Long> running = pool.submit(() -> sleep(LONG_MILLIS));
        Await.until(() -> pool.stats().running() == 1, "the task runs");
        return running;
    }

    private static long sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return millis;
    }
}
