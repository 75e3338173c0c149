package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ProcessOutput;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.TaskTimeoutException;
import dev.procession.pool.WorkerInfo;
import dev.procession.system.program.Nonsense;
import dev.procession.system.program.Work;
import dev.procession.testing.Await;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks with every kind of fault at the same time, among many tasks without a fault. */
@SystemTest
class PoolStormTest {

    private static final int WORKERS = 3;
    private static final int IN_FLIGHT = 150;
    private static final int GOOD_FOR_EACH_FAULT = 20;
    private static final int SETTLE_SECONDS = 60;
    private static final int STATUS = 7;
    private static final int CODE_OF_A_THROW = 1;
    private static final int CODE_OF_A_FULL_HEAP = 3;
    private static final int CODE_OF_SIGKILL = 137;
    private static final long HEAP_BYTES = 40 << 20;
    private static final int TOO_LARGE_BYTES = 48 << 20;
    private static final int LARGE_BYTES = 3 << 20;
    private static final long OWNERS = -7;

    private static final TaskOptions BRIEF =
            TaskOptions.builder().timeout(Duration.ofMillis(100)).build();

    /** What a task does, and how it must end unless its worker was killed from outside. */
    private enum Kind {
        /** Returns the right value. */
        GOOD,
        /** Ends its worker: exit code 7. */
        EXIT,
        /** The same, without hooks. */
        HALT,
        /** Ends its worker with the exit code that a JVM has whose main threw. */
        EXIT_AS_IF_IT_THREW,
        /** Ends its worker with the exit code that a worker has whose heap is full. */
        HALT_AS_IF_IT_WERE_FULL,
        /** Makes its worker send an invalid message: killed by the pool. */
        NONSENSE,
        /** Does not fit into its worker's heap: out of memory. */
        TOO_LARGE,
        /** Takes several MiB to its worker, and the same back. */
        LARGE,
        /** Is completed by its owner while it waits or runs. */
        COMPLETED,
        /** Is given up by its owner after a while, and by then may have ended. */
        OR_TIMEOUT,
        /** Fills its worker's heap: exit code 3. */
        HOG,
        /** Sleeps longer than it may: timed out. */
        SLEEP,
        /** Computes longer than it may and ignores interrupts: timed out, and its worker killed. */
        SPIN,
        /** Is cancelled at once: begun or not. */
        CANCEL,
        /** Like a good one, but a worker is killed while the task is under way. */
        KILL
    }

    private record Submitted(
            Kind kind, TaskFuture<Object> future, long seed, int rounds, AtomicInteger ended) {}

    private final Set<Long> killed = new HashSet<>();
    private final Semaphore places = new Semaphore(IN_FLIGHT);
    private final List<Submitted> submitted = new ArrayList<>();

    @Test
    @Timeout(1200)
    void shouldSettleEachFutureOnceAndCorrectlyUnderAllFaults(Random random) throws Exception {
        int faults = Integer.getInteger("procession.faults", Scale.times(60, 5000));
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder()
                        .workers(WORKERS)
                        .warmSpare(true)
                        .maxTasksPerWorker(500)
                        .maxWorkerHeap(HEAP_BYTES)
                        .cancelGrace(Duration.ofMillis(50))
                        .output(ProcessOutput.discard())
                        .build()) {
            Kind[] kinds = Kind.values();
            for (int fault = 0; fault < faults; fault++) {
                for (int i = 0; i < GOOD_FOR_EACH_FAULT; i++) {
                    submit(pool, Kind.GOOD, random);
                }
                Kind kind = kinds[1 + random.nextInt(kinds.length - 1)];
                counts.merge(kind, 1, Integer::sum);
                submit(pool, kind, random);
            }
            for (Submitted task : submitted) {
                check(task);
            }
            assertThat(pool.submit(() -> Work.mix(1, 10)).get(SETTLE_SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(Work.mix(1, 10));
        }
        for (Submitted task : submitted) {
            // A callback may run after get has returned.
            Await.until(() -> task.ended().get() >= 1, "the task's callback has run: " + task);
            assertThat(task.ended()).as("%s", task).hasValue(1);
        }
        System.out.printf(
                "system-tests: storm in a pool: good=%d, faults=%s, workers killed=%d%n",
                faults * GOOD_FOR_EACH_FAULT, counts, killed.size());
    }

    private void submit(ProcessPoolExecutor pool, Kind kind, Random random)
            throws InterruptedException {
        assertThat(places.tryAcquire(SETTLE_SECONDS, TimeUnit.SECONDS))
                .as("some task has ended")
                .isTrue();
        long seed = random.nextLong();
        int rounds = random.nextInt(1 << random.nextInt(18));
        TaskFuture<Object> future =
                switch (kind) {
                    case GOOD, CANCEL, KILL -> pool.submit(() -> Work.mix(seed, rounds));
                    case EXIT -> pool.submit(() -> exit(STATUS));
                    case HALT -> pool.submit(() -> halt(STATUS));
                    case EXIT_AS_IF_IT_THREW -> pool.submit(() -> exit(CODE_OF_A_THROW));
                    case HALT_AS_IF_IT_WERE_FULL -> pool.submit(() -> halt(CODE_OF_A_FULL_HEAP));
                    case NONSENSE -> pool.submit(() -> Nonsense.send());
                    case TOO_LARGE -> {
                        byte[] all = new byte[TOO_LARGE_BYTES];
                        yield pool.submit(() -> (long) all.length);
                    }
                    case LARGE -> {
                        byte[] some = large(seed);
                        yield pool.submit(() -> some);
                    }
                    case COMPLETED -> pool.submit(() -> mixSlowly(seed, rounds));
                    case OR_TIMEOUT -> pool.submit(() -> Work.mix(seed, rounds));
                    case HOG -> pool.submit(() -> hog());
                    case SLEEP -> pool.submit(() -> sleep(), BRIEF);
                    case SPIN -> pool.submit(() -> spin(), BRIEF);
                };
        Submitted task = new Submitted(kind, future, seed, rounds, new AtomicInteger());
        submitted.add(task);
        CompletableFuture<?> unused =
                future.whenComplete(
                        (value, thrown) -> {
                            task.ended().incrementAndGet();
                            places.release();
                        });
        switch (kind) {
            case CANCEL -> future.cancel(random.nextBoolean());
            case COMPLETED -> future.complete(OWNERS);
            case OR_TIMEOUT -> {
                CompletableFuture<Object> unusedCopy =
                        future.orTimeout(random.nextInt(50), TimeUnit.MILLISECONDS);
            }
            case KILL -> killOne(pool, random);
            default -> {}
        }
    }

    private void killOne(ProcessPoolExecutor pool, Random random) {
        List<WorkerInfo> workers = pool.workers();
        if (!workers.isEmpty()) {
            kill(workers.get(random.nextInt(workers.size())).pid());
        }
    }

    private void kill(long pid) {
        ProcessHandle.of(pid)
                .filter(ProcessHandle::destroyForcibly)
                .ifPresent(worker -> killed.add(worker.pid()));
    }

    private void check(Submitted task) throws Exception {
        try {
            checkValue(task, task.future().get(SETTLE_SECONDS, TimeUnit.SECONDS));
        } catch (CancellationException e) {
            assertThat(task.kind()).isEqualTo(Kind.CANCEL);
        } catch (ExecutionException e) {
            checkFailure(task.kind(), e.getCause());
        }
    }

    private static void checkValue(Submitted task, Object value) {
        Object right = Work.mix(task.seed(), task.rounds());
        switch (task.kind()) {
            case GOOD, KILL, CANCEL, OR_TIMEOUT -> assertThat(value).isEqualTo(right);
            case COMPLETED -> assertThat(value).isIn(right, OWNERS);
            case LARGE -> assertThat((byte[]) value).isEqualTo(large(task.seed()));
            default -> throw new AssertionError("the task returned: " + task + ", " + value);
        }
    }

    private void checkFailure(Kind kind, Throwable cause) {
        if (cause instanceof TaskTimeoutException) {
            assertThat(kind).isIn(Kind.SLEEP, Kind.SPIN);
            return;
        }
        if (cause instanceof TimeoutException) {
            assertThat(kind).isEqualTo(Kind.OR_TIMEOUT);
            return;
        }
        assertThat(cause).isInstanceOf(WorkerCrashedException.class);
        WorkerCrashedException crash = (WorkerCrashedException) cause;
        if (killed.contains(crash.pid())) {
            return; // a death from outside, which may hit any task
        }
        switch (kind) {
            case EXIT, HALT -> assertThat(crash.exitCode()).isEqualTo(STATUS);
            case EXIT_AS_IF_IT_THREW -> assertThat(crash.exitCode()).isEqualTo(CODE_OF_A_THROW);
            case HALT_AS_IF_IT_WERE_FULL -> {
                assertThat(crash.exitCode()).isEqualTo(CODE_OF_A_FULL_HEAP);
                assertThat(crash.isOutOfMemory()).as("%s", crash).isFalse();
            }
            case NONSENSE -> assertThat(crash.exitCode()).isEqualTo(CODE_OF_SIGKILL);
            case HOG, TOO_LARGE -> assertThat(crash.isOutOfMemory()).as("%s", crash).isTrue();
            default ->
                    throw new AssertionError(
                            "the fault of another task made this one fail: " + kind, crash);
        }
    }

    private static byte[] large(long seed) {
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static long mixSlowly(long seed, int rounds) throws InterruptedException {
        Thread.sleep(5);
        return Work.mix(seed, rounds);
    }

    private static long exit(int status) {
        System.exit(status);
        return 0;
    }

    private static long halt(int status) {
        Runtime.getRuntime().halt(status);
        return 0;
    }

    private static long hog() {
        List<byte[]> all = new ArrayList<>();
        while (all.size() < Integer.MAX_VALUE) {
            all.add(new byte[1 << 20]);
        }
        return all.size();
    }

    private static long sleep() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
        return 0;
    }

    private static long spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }
}
