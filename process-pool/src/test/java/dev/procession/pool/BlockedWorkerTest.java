package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.BesideOthers;
import dev.procession.testing.Scale;
import dev.procession.testing.Standstill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One of two workers is blocked for ever, and the other one is never out of work: no short task may
 * wait behind the blocked one.
 */
@Timeout(60)
final class BlockedWorkerTest {

    /** The promise: how long a short task takes from its submission to its future's completion. */
    private static final Duration SHORT_TASK_ENDS = Duration.ofSeconds(1);

    private static final int IN_FLIGHT = 4;
    private static final int MANY = 20;

    /** Longer than the promise: what waits as long as the feeder goes on waits too long. */
    private static final Duration FEEDING = Duration.ofSeconds(Scale.times(2, 3));

    /** How the feeder learns that a task has ended. */
    enum Feeder {
        /** Callbacks make room for the next task. */
        CALLBACKS,
        /** Each of four threads waits for its own task before it submits the next one. */
        WAITING_THREADS
    }

    /** A short task: when it was submitted, and when it ended; both in working time. */
    private static final class Fed {
        private final long submitted;
        private final int number;
        private volatile long ended;

        Fed(int number, long submitted) {
            this.number = number;
            this.submitted = submitted;
        }

        boolean hasEnded() {
            return ended != 0;
        }
    }

    private final Queue<Fed> fed = new ConcurrentLinkedQueue<>();
    private final Standstill standstill = new Standstill();

    /** Time in which this process was not stopped. */
    private long workingTime() {
        return System.nanoTime() - standstill.nanos();
    }

    @ParameterizedTest
    @BesideOthers
    @CsvSource({
        "CALLBACKS, 0, 0, 0, 1",
        "CALLBACKS, 1, 0, 0, 1",
        "CALLBACKS, 0, 20, 0, 1",
        "CALLBACKS, 1, 20, 20, 1",
        "CALLBACKS, 1, 0, 20, 3",
        "CALLBACKS, 1, 20, 0, 3",
        "WAITING_THREADS, 0, 0, 0, 1",
        "WAITING_THREADS, 1, 20, 20, 1",
        "WAITING_THREADS, 1, 0, 20, 3"
    })
    void shouldEndEachShortTaskSoonWhileOneWorkerIsBlocked(
            Feeder feeder, int millis, int before, int behind, int priorities) throws Exception {
        try (standstill;
                ProcessPoolExecutor pool = TestPools.quiet(2).build()) {
            awaitWorkers(pool, 2);
            submitMany(pool, before, millis, priorities);
            TaskFuture<Integer> blocked = pool.submit(Endless::sleep);
            try {
                submitMany(pool, behind, millis, priorities);
                feed(pool, feeder, millis, priorities);
                assertThatAllEndedSoon(pool, Long.MIN_VALUE);
                assertThat(blocked).isNotDone();
            } finally {
                blocked.cancel(true);
            }
        }
    }

    /** The blocked task is the first one that its worker gets, and waits there for its start. */
    @ParameterizedTest
    @BesideOthers
    @CsvSource({"CALLBACKS, 1, 1", "CALLBACKS, 1, 3", "WAITING_THREADS, 0, 1"})
    void shouldEndEachShortTaskSoonWhenTheBlockedTaskMeetsAStartingWorker(
            Feeder feeder, int millis, int priorities) throws Exception {
        try (standstill;
                ProcessPoolExecutor pool = TestPools.quiet(2).build()) {
            TaskFuture<Integer> blocked = pool.submit(Endless::sleep);
            try {
                submitMany(pool, MANY, millis, priorities);
                Background<?> feeding =
                        Background.start(
                                () -> {
                                    feed(pool, feeder, millis, priorities);
                                    return null;
                                });
                awaitWorkers(pool, 2);
                long up = workingTime();
                feeding.get(50, TimeUnit.SECONDS);
                assertThatAllEndedSoon(pool, up);
                assertThat(blocked).isNotDone();
            } finally {
                blocked.cancel(true);
            }
        }
    }

    /** The free worker dies while the other one is blocked: what it had goes to its successor. */
    @Test
    @BesideOthers
    void shouldEndEachShortTaskWhenTheFreeWorkerIsReplaced() throws Exception {
        try (standstill;
                ProcessPoolExecutor pool = TestPools.quiet(2).build()) {
            awaitWorkers(pool, 2);
            TaskFuture<Integer> blocked = pool.submit(Endless::sleep);
            try {
                submitMany(pool, MANY, 1, 1);
                Await.until(
                        () -> fed.stream().allMatch(Fed::hasEnded), "the short tasks have ended");
                TaskFuture<Integer> exiting = pool.submit(BlockedWorkerTest::exit);
                submitMany(pool, MANY, 1, 1);
                Await.until(exiting::isDone, "the worker's death is known");
                awaitWorkers(pool, 2);
                long up = workingTime();
                feed(pool, Feeder.CALLBACKS, 1, 1);
                assertThatAllEndedSoon(pool, up);
                assertThat(blocked).isNotDone();
            } finally {
                blocked.cancel(true);
            }
        }
    }

    private static int exit() {
        Runtime.getRuntime().halt(7);
        return 0;
    }

    private static void awaitWorkers(ProcessPoolExecutor pool, int count) {
        int unused = pool.prestartAllWorkers();
        Await.until(
                () ->
                        pool.workers().stream()
                                        .map(WorkerInfo::state)
                                        .filter(
                                                state ->
                                                        state == WorkerState.IDLE
                                                                || state == WorkerState.BUSY)
                                        .count()
                                == count,
                "the workers are up");
    }

    private void submitMany(ProcessPoolExecutor pool, int count, int millis, int priorities) {
        for (int i = 0; i < count; i++) {
            CompletableFuture<Fed> unused = submitShort(pool, millis, i % priorities, i);
        }
    }

    /** Submits a short task; the future of what is known of it. */
    private CompletableFuture<Fed> submitShort(
            ProcessPoolExecutor pool, int millis, int priority, int number) {
        Fed one = new Fed(number, workingTime());
        fed.add(one);
        TaskOptions options = TaskOptions.builder().priority(priority).build();
        return pool.submit(() -> sleep(millis, number), options)
                .thenApply(
                        value -> {
                            assertThat(value).isEqualTo(number);
                            one.ended = workingTime();
                            return one;
                        });
    }

    private void feed(ProcessPoolExecutor pool, Feeder feeder, int millis, int priorities)
            throws Exception {
        long end = System.nanoTime() + FEEDING.toNanos();
        switch (feeder) {
            case CALLBACKS -> feedByCallbacks(pool, millis, priorities, end);
            case WAITING_THREADS -> feedByThreads(pool, millis, priorities, end);
        }
    }

    /** A task that hangs takes a place for ever, and three go on. */
    private void feedByCallbacks(ProcessPoolExecutor pool, int millis, int priorities, long end)
            throws InterruptedException {
        Semaphore places = new Semaphore(IN_FLIGHT);
        for (int i = 0; System.nanoTime() - end < 0; i++) {
            assertThat(places.tryAcquire(10, TimeUnit.SECONDS)).as("a short task ends").isTrue();
            CompletableFuture<?> unused =
                    submitShort(pool, millis, i % priorities, i)
                            .whenComplete((one, thrown) -> places.release());
        }
    }

    private void feedByThreads(ProcessPoolExecutor pool, int millis, int priorities, long end)
            throws Exception {
        List<Background<?>> threads = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        for (int thread = 0; thread < IN_FLIGHT; thread++) {
            int first = thread;
            threads.add(
                    Background.start(
                            () -> {
                                int i = first;
                                while (!over.get() && System.nanoTime() - end < 0) {
                                    getShort(pool, millis, i++ % priorities, i);
                                }
                                return null;
                            }));
        }
        try {
            for (Background<?> thread : threads) {
                thread.get(20, TimeUnit.SECONDS);
            }
        } finally {
            over.set(true);
        }
    }

    /** Without a dependent action, so that this thread itself gets and decodes the result. */
    private void getShort(ProcessPoolExecutor pool, int millis, int priority, int number)
            throws Exception {
        Fed one = new Fed(number, workingTime());
        fed.add(one);
        TaskOptions options = TaskOptions.builder().priority(priority).build();
        assertThat(pool.submit(() -> sleep(millis, number), options).get()).isEqualTo(number);
        one.ended = workingTime();
    }

    /** Checks each task; its time begins when it is submitted, or when its workers are up. */
    private void assertThatAllEndedSoon(ProcessPoolExecutor pool, long up) {
        Duration unused =
                Await.promised(
                        SHORT_TASK_ENDS,
                        () -> fed.stream().allMatch(Fed::hasEnded),
                        () -> "all short tasks have ended: " + pool.stats());
        assertThat(fed).hasSizeGreaterThan(100);
        for (Fed one : fed) {
            Duration took = Duration.ofNanos(one.ended - Math.max(one.submitted, up));
            assertThat(took).as("time of task %s", one.number).isLessThan(SHORT_TASK_ENDS);
        }
    }

    private static int sleep(int millis, int value) throws InterruptedException {
        if (millis > 0) {
            Thread.sleep(millis);
        }
        return value;
    }
}
