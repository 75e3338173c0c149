package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.procession.core.WorkerCrashedException;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a task was when it hung. */
@Timeout(120)
class TaskStackTest {

    private static TaskOptions named(String name) {
        return TaskOptions.builder().name(name).build();
    }

    private static TaskTimeoutException timeoutOf(TaskFuture<?> future) {
        ExecutionException failure = catchThrowableOfType(ExecutionException.class, future::get);
        assertThat(failure).hasCauseInstanceOf(TaskTimeoutException.class);
        return (TaskTimeoutException) failure.getCause();
    }

    private static List<String> methods(Throwable failure) {
        return Arrays.stream(failure.getStackTrace())
                .map(StackTraceElement::getMethodName)
                .toList();
    }

    private static String awaitStack(ProcessPoolExecutor pool, int worker, String part) {
        Await.until(() -> pool.stack(worker).contains(part), "the stack contains " + part);
        return pool.stack(worker);
    }

    @Nested
    class Timeouts {

        @Test
        void shouldShowWhereATaskWasWhenItsTimeWasOver() throws Exception {
            try (ProcessPoolExecutor pool =
                    TestPools.quiet(4)
                            .taskTimeout(Duration.ofSeconds(3))
                            .cancelGrace(Duration.ofMillis(100))
                            .build()) {
                TaskFuture<Integer> sleeps =
                        pool.submit(HangingWork::sleepWithALock, named("sleeps"));
                TaskFuture<Integer> spins = pool.submit(HangingWork::spin, named("spins"));
                TaskFuture<Integer> waits = pool.submit(HangingWork::waitForALock, named("waits"));
                TaskFuture<Integer> recurses = pool.submit(HangingWork::recurse, named("deep"));

                TaskTimeoutException slept = timeoutOf(sleeps);
                assertThat(slept)
                        .hasMessageStartingWith(
                                "task " + sleeps.id() + " (sleeps) ran longer than it may:")
                        .hasMessageContaining(", worker=")
                        .hasMessageContaining(", pid=")
                        .hasMessageEndingWith("; its thread was TIMED_WAITING");
                assertThat(methods(slept)).contains("sleep", "sleepWithALock");
                assertThat(slept.stack())
                        .startsWith("\"main\" TIMED_WAITING\n\tat java.lang.Thread.sleep")
                        .contains(".sleepWithALock(HangingWork.java:")
                        .contains("\n\t- locked java.lang.Class@");

                assertThat(timeoutOf(spins)).hasMessageEndingWith("; its thread was RUNNABLE");
                assertThat(methods(timeoutOf(spins))).contains("spin");
                assertThat(timeoutOf(waits))
                        .hasMessageContaining("; its thread was BLOCKED on java.lang.Object@")
                        .hasMessageEndingWith(" held by \"the-holder\"");
                assertThat(methods(timeoutOf(waits)).get(0)).isEqualTo("waitForALock");
                assertThat(timeoutOf(recurses).stack())
                        .contains(" frames are left out ...")
                        .contains("Endless.sleep(")
                        .contains("HangingWork.down(")
                        .contains("ChildMain.main(");
            }
        }

        @Test
        void shouldNotWaitLongForAWorkerThatIsStopped() throws Exception {
            Duration limit = Duration.ofSeconds(3); // time enough to stop the worker
            TaskOptions limited = TaskOptions.builder().timeout(limit).build();
            try (ProcessPoolExecutor pool =
                    TestPools.quiet(1).cancelGrace(Duration.ofMillis(300)).build()) {
                long pid = pool.submit(TestPools::pid).get();
                long start = System.nanoTime();
                TaskFuture<Integer> hanging = pool.submit(HangingWork::spin, limited);
                assertThat(awaitStack(pool, 0, "spin")).contains("(pid " + pid + ")");
                Signal.STOP.sendTo(pid);
                TaskTimeoutException timeout = timeoutOf(hanging);
                Duration passed = Duration.ofNanos(System.nanoTime() - start);
                assertThat(timeout.getStackTrace()).isEmpty();
                assertThat(timeout.stack())
                        .startsWith("where it was is not known: ")
                        .contains("did not answer within 500 ms");
                assertThat(timeout).hasMessageContaining("did not answer within 500 ms");
                // 500 ms for the answer, and what a busy machine adds.
                assertThat(passed).isBetween(limit, limit.plusMillis(2000));
                assertThat(pool.submit(TestPools::pid).get(10, TimeUnit.SECONDS)).isNotEqualTo(pid);
            }
        }
    }

    @Nested
    class Now {

        @Test
        void shouldShowTheTaskThatRuns() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                long pid = pool.submit(TestPools::pid).get();
                assertThat(pool.stack(0)).isEqualTo("no task runs in worker 0 (pid " + pid + ")");
                TaskFuture<Integer> sleeps =
                        pool.submit(HangingWork::sleepWithALock, named("sleeps"));
                assertThat(awaitStack(pool, 0, "sleepWithALock"))
                        .startsWith(
                                "task "
                                        + sleeps.id()
                                        + " (sleeps) in worker 0 (pid "
                                        + pid
                                        + "):\n\"main\" TIMED_WAITING\n\tat ");
                assertThat(sleeps.cancel(true)).isTrue();
            }
        }

        @Test
        void shouldShowTheInitializerThatHangs() {
            ProcessPoolExecutor pool =
                    TestPools.quiet(1)
                            .initializer(
                                    () -> {
                                        int unused = HangingWork.spin();
                                    })
                            .build();
            try {
                assertThat(pool.prestartAllWorkers()).isLessThanOrEqualTo(1);
                Await.until(() -> !pool.workers().isEmpty(), "the worker has started");
                assertThat(awaitStack(pool, 0, "HangingWork.spin"))
                        .startsWith("worker 0 (pid ")
                        .contains(") starts and runs no task yet:\n\"main\"");
            } finally {
                pool.killWorkers();
                pool.close();
            }
        }

        @Test
        void shouldNameTheWorkersThereAre() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
                for (int index : new int[] {-1, 1, Integer.MAX_VALUE}) {
                    assertThatThrownBy(() -> pool.stack(index))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("worker=" + index)
                            .hasMessageContaining("workers=[0]");
                }
            }
        }

        @Test
        void shouldSayThatAStoppedProcessDoesNotAnswer() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                long pid = pool.submit(TestPools::pid).get();
                Signal.STOP.sendTo(pid);
                try {
                    assertThat(pool.stack(0))
                            .startsWith("the stack of worker 0 (pid " + pid + ") is not known: ")
                            .contains("did not answer within 1 s");
                    Thread.currentThread().interrupt();
                    assertThat(pool.stack(0)).contains("interrupted");
                    assertThat(Thread.interrupted()).isTrue();
                } finally {
                    Signal.CONT.sendTo(pid);
                }
                assertThat(awaitStack(pool, 0, "no task runs")).contains("(pid " + pid + ")");
            }
        }

        @Test
        void shouldAnswerSeveralThreadsWhileTasksComeAndGo() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(2).build()) {
                assertThat(pool.prestartAllWorkers()).isLessThanOrEqualTo(2);
                TaskFuture<Integer> hanging = pool.submit(HangingWork::sleepWithALock);
                Await.until(() -> pool.workers().size() == 2, "two workers have started");
                List<Background<Integer>> threads = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    threads.add(
                            Background.start(
                                    () -> {
                                        int shown = 0;
                                        for (int round = 0; round < 100; round++) {
                                            shown +=
                                                    pool.stack(round % 2).contains("sleepWith")
                                                            ? 1
                                                            : 0;
                                        }
                                        return shown;
                                    }));
                }
                for (int i = 0; i < 1000; i++) {
                    int number = i;
                    assertThat(pool.submit(() -> number).get()).isEqualTo(number);
                }
                for (Background<Integer> thread : threads) {
                    assertThat(thread.get()).isPositive();
                }
                assertThat(hanging.cancel(true)).isTrue();
            }
        }
    }

    @Nested
    class Kills {

        @Test
        void shouldLogWhereATaskWasThatIgnoredItsInterrupt() throws Exception {
            Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
            Handler handler = new Recorder(records);
            Logger logger = Logger.getLogger(ProcessPoolExecutor.class.getName());
            logger.addHandler(handler);
            try (ProcessPoolExecutor pool =
                    TestPools.quiet(1)
                            .name("stubborn")
                            .cancelGrace(Duration.ofMillis(300))
                            .build()) {
                long pid = pool.submit(TestPools::pid).get();
                TaskFuture<Integer> spins = pool.submit(HangingWork::spin, named("spins"));
                String running = awaitStack(pool, 0, "spin");
                assertThat(running).contains("(spins)");
                assertThat(spins.cancel(true)).isTrue();
                assertThat(pool.submit(TestPools::pid).get()).isNotEqualTo(pid);
                Await.until(() -> !records.isEmpty(), "the kill is logged");
                assertThat(records).hasSize(1);
                LogRecord record = records.element();
                assertThat(record.getLevel()).isEqualTo(Level.WARNING);
                assertThat(record.getMessage())
                        .startsWith(
                                "stubborn-0 killed by signal 9 (SIGKILL) while it ran task "
                                        + spins.id()
                                        + " (spins), which did not end in time: pid="
                                        + pid
                                        + "; it was here:\n\"main\" RUNNABLE\n\tat ")
                        .contains("HangingWork.spin(");
            } finally {
                logger.removeHandler(handler);
            }
        }

        @Test
        void shouldShowWhereATaskWasThatAShutdownKilled() throws Exception {
            ProcessPoolExecutor pool =
                    TestPools.quiet(1).cancelGrace(Duration.ofMillis(300)).build();
            TaskFuture<Integer> spins = pool.submit(HangingWork::spin, named("spins"));
            String running = awaitStack(pool, 0, "spin");
            assertThat(running).contains("(spins)");
            assertThat(pool.shutdownNow()).isEmpty();
            pool.close();
            assertThatThrownBy(spins::get)
                    .cause()
                    .isInstanceOf(WorkerCrashedException.class)
                    .hasMessageContaining("(spins), which did not end in time: pid=")
                    .hasMessageContaining("; its thread was RUNNABLE")
                    .satisfies(crash -> assertThat(methods(crash)).contains("spin"));
        }

        @Test
        void shouldLogInOneLineWhatAFutureReports() throws Exception {
            Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
            Handler handler = new Recorder(records);
            Logger logger = Logger.getLogger(ProcessPoolExecutor.class.getName());
            logger.addHandler(handler);
            try (ProcessPoolExecutor pool = TestPools.quiet(1).name("brittle").build()) {
                TaskFuture<Integer> halts =
                        pool.submit(
                                () -> {
                                    System.out.println("the last words");
                                    Runtime.getRuntime().halt(7);
                                    return 1;
                                },
                                named("halts"));
                WorkerCrashedException crash =
                        (WorkerCrashedException)
                                catchThrowableOfType(ExecutionException.class, halts::get)
                                        .getCause();
                assertThat(crash).hasMessageContaining("the last words");
                Await.until(() -> !records.isEmpty(), "the death is logged");
                assertThat(records.element().getMessage())
                        .isEqualTo(
                                "brittle-0 exited with code 7 while it ran task "
                                        + halts.id()
                                        + " (halts): pid="
                                        + crash.pid());
            } finally {
                logger.removeHandler(handler);
            }
        }
    }

    private static final class Recorder extends Handler {

        private final Queue<LogRecord> records;

        Recorder(Queue<LogRecord> records) {
            this.records = records;
        }

        @Override
        public void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
