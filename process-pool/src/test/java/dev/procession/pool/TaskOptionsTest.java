package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.SerializableRunnable;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.BesideOthers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How one task is run: its timeout, retries, priority and progress. */
@Timeout(60)
class TaskOptionsTest {

    @Nested
    class Arguments {

        @Test
        void shouldKeepWhatWasGiven() {
            TaskOptions options =
                    TaskOptions.builder()
                            .retries(3)
                            .retryOn(IOException.class, UncheckedIOException.class)
                            .retryPause(Duration.ofSeconds(2))
                            .noProgress(Duration.ofMinutes(1))
                            .build();
            assertThat(options.retryOn())
                    .containsExactly(IOException.class, UncheckedIOException.class);
            assertThat(options.retryPause()).contains(Duration.ofSeconds(2));
            assertThat(options.noProgress()).contains(Duration.ofMinutes(1));
            assertThat(options.toString())
                    .contains("retryOn=[class java.io.IOException", "noProgress=PT1M");
            assertThat(TaskOptions.DEFAULT.retryOn()).isEmpty();
            assertThat(TaskOptions.DEFAULT.retryPause()).isEmpty();
            assertThat(TaskOptions.DEFAULT.noProgress()).isEmpty();
        }

        @Test
        void shouldRefuseTimesThatAreNotPositive() {
            TaskOptions.Builder builder = TaskOptions.builder();
            assertThatThrownBy(() -> builder.retryPause(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("retryPause");
            assertThatThrownBy(() -> builder.noProgress(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("noProgress");
            assertThatThrownBy(() -> ProcessPoolExecutor.builder().dependents(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("dependents");
        }
    }

    @Nested
    class Timeouts {

        @Test
        @BesideOthers
        void shouldLimitTasksWithoutAValueToo() {
            TaskOptions brief = TaskOptions.builder().timeout(Duration.ofMillis(100)).build();
            SerializableRunnable spin =
                    () -> {
                        while (!Thread.currentThread().isInterrupted()) {
                            Thread.onSpinWait();
                        }
                    };
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                TaskFuture<Void> action = pool.submit(() -> Thread.sleep(100_000), brief);
                assertThatThrownBy(action::get).hasCauseInstanceOf(TaskTimeoutException.class);
                TaskFuture<Void> runnable = pool.submit(spin, brief);
                assertThatThrownBy(runnable::get).hasCauseInstanceOf(TaskTimeoutException.class);
            }
        }

        @Test
        @BesideOthers
        void shouldCountATimeoutFromTheStartOfTheTask() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<String> before = pool.submit(() -> theirs.receive());
                TaskOptions ample = TaskOptions.builder().timeout(Duration.ofSeconds(2)).build();
                TaskOptions brief = TaskOptions.builder().timeout(Duration.ofMillis(300)).build();
                TaskFuture<Integer> behind = pool.submit(() -> 1, ample);
                TaskFuture<Integer> endless = pool.submit(Endless::sleep, brief);
                // Longer than the timeouts of those behind, which are not running.
                assertThatThrownBy(() -> behind.get(3, TimeUnit.SECONDS))
                        .isInstanceOf(java.util.concurrent.TimeoutException.class);
                assertThat(endless.isDone()).isFalse();
                pipe.first().send("go on");
                assertThat(before.get()).isEqualTo("go on");
                assertThat(behind.get()).isEqualTo(1);
                assertThatThrownBy(endless::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                TaskTimeoutException.class,
                                e -> {
                                    assertThat(e.taskId()).isEqualTo(endless.id());
                                    assertThat(e.timeout()).isEqualTo(Duration.ofMillis(300));
                                });
                assertThat(pool.submit(() -> 2).get()).isEqualTo(2);
                assertThat(pool.stats().timedOut()).isEqualTo(1);
            }
        }

        @Test
        @BesideOthers
        void shouldStayWithTheTimeoutWhateverTheInterruptedTaskThrows() throws Exception {
            TaskOptions brief = TaskOptions.builder().timeout(Duration.ofMillis(20)).build();
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                for (int i = 0; i < 10; i++) {
                    TaskFuture<Integer> endless = pool.submit(Endless::sleep, brief);
                    // No thread waits for it, so it is completed after its worker has answered.
                    Await.until(endless::isDone, "the task's time is over");
                    assertThatThrownBy(endless::get).hasCauseInstanceOf(TaskTimeoutException.class);
                }
            }
        }

        @Test
        @BesideOthers
        void shouldKillTheWorkerOfATaskThatIgnoresItsTimeout() throws Exception {
            // The task has to send its process's number within its timeout.
            try (ProcessPoolExecutor pool =
                            TestPools.quiet(1)
                                    .taskTimeout(Duration.ofSeconds(5))
                                    .cancelGrace(Duration.ofMillis(100))
                                    .build();
                    Pipe<Long> pipe = Pipe.openOneWay()) {
                Connection<Long> say = pipe.second();
                TaskFuture<Integer> stubborn =
                        pool.submit(
                                () -> {
                                    say.send(TestPools.pid());
                                    while (true) {
                                        Thread.onSpinWait();
                                    }
                                });
                TaskFuture<Long> behind = pool.submit(TestPools::pid);
                long pid = pipe.first().receive();
                assertThatThrownBy(stubborn::get).hasCauseInstanceOf(TaskTimeoutException.class);
                assertThat(behind.get()).isNotEqualTo(pid);
            }
        }
    }

    @Nested
    class Crashes {

        @Test
        @BesideOthers
        void shouldRepeatATaskOnAnotherWorkerWhenItsWorkerDies() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                long first = pool.submit(TestPools::pid).get();
                TaskFuture<Long> future =
                        pool.submit(
                                () -> {
                                    if (TestPools.pid() == first) {
                                        Runtime.getRuntime().halt(7);
                                    }
                                    return TestPools.pid();
                                },
                                TaskOptions.builder().retries(1).build());
                assertThat(future.get()).isNotEqualTo(first);
                assertThat(pool.stats().retried()).isEqualTo(1);
            }
        }

        @Test
        @BesideOthers
        void shouldNameATaskThatKillsEachWorkerItMeets() {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).retries(2).build()) {
                TaskFuture<Integer> future =
                        pool.submit(
                                () -> {
                                    Runtime.getRuntime().halt(7);
                                    return 1;
                                },
                                TaskOptions.builder().name("poison").build());
                assertThatThrownBy(future::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                WorkerCrashedException.class,
                                e -> {
                                    assertThat(e).hasMessageContaining("(poison) killed each");
                                    assertThat(e.exitCode()).isEqualTo(7);
                                    Set<Long> pids = new HashSet<>();
                                    pids.add(e.pid());
                                    for (Throwable before : e.getSuppressed()) {
                                        pids.add(((WorkerCrashedException) before).pid());
                                    }
                                    assertThat(pids).hasSize(3);
                                });
            }
        }

        @Test
        @BesideOthers
        void shouldSayThatAWorkerRanOutOfMemory() {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).maxWorkerHeap(32 << 20).build()) {
                TaskFuture<Integer> hog =
                        pool.submit(
                                () -> {
                                    List<byte[]> all = new ArrayList<>();
                                    while (all.size() < Integer.MAX_VALUE) {
                                        all.add(new byte[1 << 20]);
                                    }
                                    return all.size();
                                });
                assertThatThrownBy(hog::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                WorkerCrashedException.class,
                                e -> assertThat(e.isOutOfMemory()).isTrue());
            }
        }

        @Test
        @BesideOthers
        void shouldFailWhatWaitsWhenTheInitializerThrows() {
            try (ProcessPoolExecutor pool =
                    TestPools.quiet(1)
                            .initializer(
                                    () -> {
                                        throw new IllegalStateException("no licence");
                                    })
                            .build()) {
                assertThatThrownBy(() -> pool.submit(() -> 1).get())
                        .cause()
                        .isInstanceOf(BrokenProcessPoolException.class)
                        .cause()
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("no licence");
            }
        }

        @Test
        @BesideOthers
        void shouldLeaveNoProcessThatATaskHasStarted() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                long leftover =
                        pool.submit(
                                        () ->
                                                new ProcessBuilder("sleep", "60")
                                                        .inheritIO()
                                                        .start()
                                                        .pid())
                                .get();
                ProcessHandle handle = ProcessHandle.of(leftover).orElseThrow();
                pool.killWorkers();
                assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
                handle.onExit().get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Nested
    class Flow {

        @Test
        void shouldRejectWhenTheQueueIsFull() throws Exception {
            try (ProcessPoolExecutor pool =
                            TestPools.quiet(1).queueCapacity(1).whenFull(WhenFull.REJECT).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<String> running = pool.submit(() -> theirs.receive());
                TaskFuture<Integer> waiting = pool.submit(() -> 1);
                assertThatThrownBy(() -> pool.submit(() -> 2))
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining("capacity=1");
                assertThat(waiting.cancel(false)).isTrue();
                TaskFuture<Integer> instead = pool.submit(() -> 3);
                pipe.first().send("go on");
                assertThat(running.get()).isEqualTo("go on");
                assertThat(instead.get()).isEqualTo(3);
            }
        }

        @Test
        void shouldBlockTheCallerWhileTheQueueIsFull() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).queueCapacity(1).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<String> running = pool.submit(() -> theirs.receive());
                TaskFuture<Integer> waiting = pool.submit(() -> 1);
                Background<Integer> submitter =
                        Background.start(() -> pool.submit(() -> 2).get()).awaitBlocked();
                assertThat(pool.stats().submitted()).isEqualTo(2);
                pipe.first().send("go on");
                assertThat(submitter.get()).isEqualTo(2);
                assertThat(running.get()).isEqualTo("go on");
                assertThat(waiting.get()).isEqualTo(1);
            }
        }

        @Test
        void shouldRunHigherPrioritiesFirst() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<Void> first =
                        pool.submit(
                                () -> {
                                    theirs.send("running");
                                    theirs.receive();
                                    return null;
                                });
                assertThat(pipe.first().receive()).isEqualTo("running");
                List<TaskFuture<Long>> futures = new ArrayList<>();
                for (int priority : new int[] {0, -1, 0, 5, 1}) {
                    futures.add(
                            pool.submit(
                                    System::nanoTime,
                                    TaskOptions.builder().priority(priority).build()));
                }
                pipe.first().send("go on");
                assertThat(first.get()).isNull();
                List<Long> began = new ArrayList<>();
                for (TaskFuture<Long> future : futures) {
                    began.add(future.get());
                }
                assertThat(
                                List.of(
                                        began.get(3),
                                        began.get(4),
                                        began.get(0),
                                        began.get(2),
                                        began.get(1)))
                        .isSorted();
            }
        }

        @Test
        void shouldShowTheProgressOfATask() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<Integer> future =
                        pool.submit(
                                () -> {
                                    Worker.current().progress(0.25);
                                    theirs.send("quarter");
                                    theirs.receive();
                                    return 1;
                                });
                pipe.first().receive();
                assertThat(future.progress()).isEqualTo(0.25);
                pipe.first().send("go on");
                assertThat(future.get()).isEqualTo(1);
                assertThat(future.progress()).isEqualTo(1);
            }
        }
    }
}
