package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.SerializableCallable;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Timeouts and interrupts of threads that submit many tasks while a bounded queue is full. */
final class TimeBoundsTest {

    private static final long TASK_MILLIS = 8000;

    /** Longer than any limit here, and shorter than what one task takes. */
    private static final Duration IN_TIME = Duration.ofMillis(TASK_MILLIS - 1000);

    private static ProcessPoolExecutor smallPool() {
        return ProcessPoolExecutor.builder().workers(1).queueCapacity(1).build();
    }

    private static List<SerializableCallable<Long>> slowTasks(int count) {
        return Collections.nCopies(count, () -> sleep(TASK_MILLIS));
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Nested
    final class WhileTheQueueIsFull {

        @Test
        void shouldEndInvokeAllInItsTime() throws Exception {
            try (ProcessPoolExecutor pool = smallPool()) {
                long start = System.nanoTime();
                List<Future<Long>> futures =
                        pool.invokeAll(slowTasks(5), 500, TimeUnit.MILLISECONDS);
                assertThat(since(start)).isLessThan(IN_TIME);
                assertThat(futures).hasSize(5).allMatch(Future::isCancelled);
            }
        }

        @Test
        void shouldEndInvokeAnyInItsTime() throws Exception {
            try (ProcessPoolExecutor pool = smallPool()) {
                long start = System.nanoTime();
                assertThatThrownBy(() -> pool.invokeAny(slowTasks(5), 500, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
                assertThat(since(start)).isLessThan(IN_TIME);
            }
        }

        @Test
        void shouldEndMapInItsTime() throws Exception {
            MapOptions options =
                    MapOptions.builder().chunkSize(1).timeout(Duration.ofMillis(500)).build();
            try (ProcessPoolExecutor pool = smallPool()) {
                TaskFuture<Long> running = pool.submit(() -> sleep(TASK_MILLIS));
                TaskFuture<Long> waiting = pool.submit(() -> sleep(TASK_MILLIS));
                long start = System.nanoTime();
                assertThatThrownBy(() -> pool.map(i -> i, List.of(1, 2, 3), options).toList())
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(TimeoutException.class);
                assertThat(since(start)).isLessThan(IN_TIME);
                waiting.cancel(true);
                running.cancel(true);
            }
        }

        @Test
        void shouldCancelWhatAnInterruptedInvokeAllHasSubmitted() throws Exception {
            try (ProcessPoolExecutor pool = smallPool()) {
                Background<List<Future<Long>>> invoking =
                        Background.start(() -> pool.invokeAll(slowTasks(5)));
                Await.until(() -> pool.stats().queued() == 1, "the queue is full");
                invoking.awaitBlocked().thread().interrupt();
                assertThatThrownBy(() -> invoking.get(20, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(InterruptedException.class);
                Await.until(() -> pool.stats().cancelled() == 2, "what was submitted is cancelled");
            }
        }

        @Test
        void shouldThrowInterruptedExceptionFromInvokeAny() throws Exception {
            try (ProcessPoolExecutor pool = smallPool()) {
                Background<Long> invoking = Background.start(() -> pool.invokeAny(slowTasks(5)));
                Await.until(() -> pool.stats().queued() == 1, "the queue is full");
                invoking.awaitBlocked().thread().interrupt();
                assertThatThrownBy(() -> invoking.get(20, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(InterruptedException.class);
            }
        }

        @Test
        void shouldEndMapWhenItIsInterrupted() throws Exception {
            try (ProcessPoolExecutor pool = smallPool()) {
                TaskFuture<Long> running = pool.submit(() -> sleep(TASK_MILLIS));
                TaskFuture<Long> waiting = pool.submit(() -> sleep(TASK_MILLIS));
                Background<List<Integer>> mapping =
                        Background.start(() -> pool.map(i -> i, List.of(1, 2)).toList());
                mapping.awaitBlocked().thread().interrupt();
                assertThatThrownBy(() -> mapping.get(20, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOf(CancellationException.class)
                        .hasCauseInstanceOf(InterruptedException.class);
                waiting.cancel(true);
                running.cancel(true);
            }
        }

        @Test
        void shouldReturnTheFirstOfInvokeAnyThoughOthersAreNotSubmittedYet() throws Exception {
            try (ProcessPoolExecutor pool = smallPool()) {
                List<SerializableCallable<Long>> tasks =
                        Stream.concat(
                                        Stream.<SerializableCallable<Long>>of(() -> 1L),
                                        slowTasks(5).stream())
                                .toList();
                long start = System.nanoTime();
                assertThat(pool.invokeAny(tasks)).isEqualTo(1);
                assertThat(since(start)).isLessThan(IN_TIME);
            }
        }
    }

    @Nested
    final class WithoutABound {

        @Test
        void shouldGoOnWithTheOthersWhenOneTaskOfInvokeAnyIsCancelled() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                SerializableCallable<Long> cancelled =
                        () -> {
                            throw new CancellationException("not this one");
                        };
                assertThat(pool.<Long>invokeAny(List.of(cancelled, () -> 2L))).isEqualTo(2);
            }
        }
    }

    private static long sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return millis;
    }
}
