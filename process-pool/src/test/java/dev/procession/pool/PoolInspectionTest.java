package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool tells about its tasks and workers. */
final class PoolInspectionTest {

    private static int endless(double progress) throws InterruptedException {
        Worker.current().progress(progress);
        Thread.sleep(60_000);
        return 0;
    }

    @Nested
    class Tasks {

        @Test
        void shouldListWhatRunsBeforeWhatWaitsInItsOrder() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskFuture<Integer> running =
                        pool.submit(() -> endless(0.5), TaskOptions.builder().name("long").build());
                Await.until(() -> running.progress() > 0, "the task runs");
                List<Long> ids = new ArrayList<>();
                ids.add(running.id());
                ids.add(pool.submit(() -> 1, TaskOptions.builder().priority(5).build()).id());
                TaskFuture<Integer> normal = pool.submit(() -> 1);
                TaskFuture<Integer> low =
                        pool.submit(() -> 1, TaskOptions.builder().priority(-5).build());
                ids.add(normal.id());
                ids.add(low.id());
                List<TaskInfo> tasks = pool.tasks();
                assertThat(tasks).extracting(TaskInfo::id).isEqualTo(ids);
                TaskInfo first = tasks.get(0);
                assertThat(first.name()).isEqualTo("long");
                assertThat(first.state()).isEqualTo(TaskState.RUNNING);
                assertThat(first.worker()).isEqualTo(OptionalInt.of(0));
                assertThat(first.attempt()).isEqualTo(1);
                assertThat(first.progress()).isEqualTo(0.5);
                assertThat(first.age()).isPositive();
                assertThat(tasks.subList(1, 4))
                        .allMatch(t -> t.state() == TaskState.WAITING && t.progress() == 0);
                assertThat(pool.cancel(running.id())).isTrue();
                assertThat(low.get(20, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(pool.tasks()).isEmpty();
            }
        }

        @Test
        void shouldCancelByIdWhatRunsAndWhatWaits() throws Exception {
            try (ProcessPoolExecutor pool =
                    ProcessPoolExecutor.builder()
                            .workers(1)
                            .cancelGrace(Duration.ofMillis(100))
                            .build()) {
                TaskFuture<Integer> running = pool.submit(() -> endless(0.5));
                TaskFuture<Integer> waiting = pool.submit(() -> endless(0.5));
                Await.until(() -> running.progress() > 0, "the task runs");
                assertThat(pool.cancel(waiting.id())).isTrue();
                assertThat(pool.cancel(waiting.id())).isFalse();
                assertThat(pool.cancel(running.id())).isTrue();
                assertThat(pool.cancel(4711)).isFalse();
                for (TaskFuture<Integer> future : List.of(running, waiting)) {
                    assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
                }
                assertThat(pool.submit(() -> 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(pool.stats().cancelled()).isEqualTo(2);
            }
        }

        @Test
        void shouldCountEachTaskOnceHoweverItEnds() throws Exception {
            ProcessPoolExecutor pool = new ProcessPoolExecutor(1);
            TaskFuture<Integer> running = pool.submit(() -> endless(0.5));
            Await.until(() -> running.progress() > 0, "the task runs");
            List<TaskFuture<Integer>> never = List.of(pool.submit(() -> 1), pool.submit(() -> 1));
            assertThat(pool.shutdownNow()).hasSize(2);
            assertThat(never).allMatch(TaskFuture::isCancelled);
            assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            PoolStats stats = pool.stats();
            assertThat(stats.cancelled()).isEqualTo(2);
            assertThat(stats.succeeded() + stats.failed() + stats.cancelled())
                    .isEqualTo(stats.submitted());
        }
    }

    @Nested
    class Failures {

        @Test
        void shouldRememberWhatFailedWhereAndWhy() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                TaskFuture<Integer> threw =
                        pool.submit(
                                () -> {
                                    throw new IllegalStateException("no luck");
                                },
                                TaskOptions.builder().name("unlucky").build());
                TaskFuture<Void> crashed = pool.submit(() -> Runtime.getRuntime().halt(9));
                TaskFuture<Integer> good = pool.submit(() -> 1);
                assertThatThrownBy(threw::get).isInstanceOf(ExecutionException.class);
                assertThatThrownBy(crashed::get).isInstanceOf(ExecutionException.class);
                assertThat(good.get()).isEqualTo(1);
                List<TaskFailure> failures = pool.recentFailures();
                assertThat(failures)
                        .extracting(TaskFailure::taskId)
                        .containsExactly(threw.id(), crashed.id());
                TaskFailure first = failures.get(0);
                assertThat(first.taskName()).isEqualTo("unlucky");
                assertThat(first.exception()).isEqualTo("java.lang.IllegalStateException");
                assertThat(first.message()).isEqualTo("no luck");
                assertThat(first.worker()).isEqualTo(OptionalInt.of(0));
                assertThat(failures.get(1).exception())
                        .isEqualTo("dev.procession.core.WorkerCrashedException");
            }
        }

        @Test
        void shouldRememberNoMoreThanAHundred() throws Exception {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                for (int i = 0; i < 150; i++) {
                    int number = i;
                    TaskFuture<Integer> future =
                            pool.submit(
                                    () -> {
                                        throw new IllegalStateException("x".repeat(number * 100));
                                    });
                    assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class);
                }
                assertThat(pool.recentFailures())
                        .hasSize(100)
                        .allSatisfy(f -> assertThat(f.message()).hasSizeLessThan(1_100));
            }
        }
    }

    @Nested
    class Events {

        @Test
        void shouldRecordTasksFromTheFirstOnAndWorkers(@TempDir Path directory) throws Exception {
            Path file = directory.resolve("pool.jfr");
            try (Recording recording = new Recording()) {
                recording.start();
                try (ProcessPoolExecutor pool =
                        ProcessPoolExecutor.builder().workers(1).name("recorded").build()) {
                    assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
                    TaskFuture<Void> crashed = pool.submit(() -> Runtime.getRuntime().halt(9));
                    assertThatThrownBy(crashed::get).isInstanceOf(ExecutionException.class);
                    TaskFuture<Integer> stopped = pool.submit(() -> endless(0.5));
                    Await.until(() -> stopped.progress() > 0, "the task runs");
                    stopped.cancel(true);
                    assertThat(pool.submit(() -> 2).get()).isEqualTo(2);
                }
                recording.dump(file);
            }
            List<RecordedEvent> events = RecordingFile.readAllEvents(file);
            assertThat(named(events, "dev.procession.Task"))
                    .allMatch(e -> e.getString("pool").equals("recorded"))
                    .allMatch(e -> e.getDuration().toNanos() > 0)
                    .allMatch(e -> e.getInt("worker") == 0)
                    .extracting(e -> e.getString("end"))
                    .containsExactlyInAnyOrder("returned", "crashed", "cancelled", "returned");
            assertThat(named(events, "dev.procession.WorkerStart"))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(e -> e.getDuration().toMillis() > 1)
                    .allMatch(e -> e.getLong("pid") > 0);
            assertThat(named(events, "dev.procession.WorkerEnd"))
                    .extracting(e -> e.getString("reason"))
                    .contains("crash", "shutdown of the pool");
        }

        private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
            return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
        }
    }

    @Nested
    class Minimum {

        @Test
        void shouldReplaceAnIdleWorkerThatWasKilled() throws Exception {
            try (ProcessPoolExecutor pool =
                    ProcessPoolExecutor.builder().workers(2).minWorkers(2).build()) {
                Await.until(() -> idle(pool) == 2, "both workers are up");
                assertThat(pool.workers()).extracting(WorkerInfo::restarts).containsExactly(0, 0);
                long pid = pool.workers().get(1).pid();
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                Await.until(
                        () ->
                                idle(pool) == 2
                                        && pool.workers().stream().noneMatch(w -> w.pid() == pid),
                        "there is a replacement");
                assertThat(pool.workers()).extracting(WorkerInfo::restarts).containsExactly(0, 1);
            }
        }

        private static long idle(ProcessPoolExecutor pool) {
            return pool.workers().stream().filter(w -> w.state() == WorkerState.IDLE).count();
        }
    }
}
