package dev.procession.system.program;

import dev.procession.core.ProcessOutput;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.WhenFull;
import dev.procession.pool.WorkerInfo;
import dev.procession.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Faults of every kind at the same time, among many tasks without a fault, in one pool after the
 * other: each of another size and with other options. All decisions come from one random sequence.
 */
final class PoolStorm {

    static final int GOOD_FOR_EACH_FAULT = 20;
    static final int SETTLE_SECONDS = 120;
    static final long WORKER_HEAP_BYTES = 40 << 20;

    /** More than the heap of this program. */
    private static final int TOO_LARGE_RESULT_BYTES = 280 << 20;

    private static final long HEAP_OF_A_LARGE_WORKER_BYTES = 900 << 20;
    private static final int IN_FLIGHT = 150;
    private static final int MOST_WORKERS = 4;
    private static final int LONGEST_QUEUE = 100;
    private static final int FEWEST_FAULTS = 10;
    private static final int MOST_FAULTS = 150;
    private static final int PRIORITIES = 3;

    private static final TaskOptions BRIEF =
            TaskOptions.builder().timeout(Duration.ofMillis(100)).build();

    private final Random random;
    private final List<StormKind> kinds;
    private final StormWeather weather;
    private final Set<Long> killed = new HashSet<>();
    private final Map<StormKind, Integer> counts = new EnumMap<>(StormKind.class);
    private int pools;
    private long refused;
    private boolean noThreads;

    // Of one pool.
    private final Semaphore places = new Semaphore(IN_FLIGHT);
    private final List<StormTask> submitted = new ArrayList<>();
    private int priorities;

    /**
     * Makes a storm.
     *
     * @param kinds the faults that there may be; each pool meets the first one at least once
     */
    PoolStorm(Random random, List<StormKind> kinds, StormWeather weather) {
        this.random = random;
        this.kinds = kinds;
        this.weather = weather;
    }

    /** Runs until there were so many faults, and all tasks have ended rightly. */
    void run(int faults) throws Exception {
        try (StormMaps maps = new StormMaps()) {
            for (int done = 0; done < faults; ) {
                int most = Math.min(MOST_FAULTS, FEWEST_FAULTS + faults / 4);
                int ofThisPool = Math.min(faults - done, FEWEST_FAULTS + random.nextInt(most));
                usePool(ofThisPool, maps);
                done += ofThisPool;
            }
        }
    }

    private void usePool(int faults, StormMaps maps) throws Exception {
        noThreads = false;
        submitted.clear();
        boolean closesEarly = random.nextBoolean();
        pools++;
        try (ProcessPoolExecutor pool = pool()) {
            try {
                awaitService(
                        pool); // a pool is broken if its first worker is killed while it starts
                rage(pool, faults, maps);
                if (!closesEarly) {
                    checkAll();
                }
            } catch (Throwable e) {
                pool.killWorkers(); // or what hangs would hide the failure
                throw e;
            }
        }
        checkAll();
        Await.until(
                () -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive),
                "no process of the pool is left");
    }

    private void rage(ProcessPoolExecutor pool, int faults, StormMaps maps) throws Exception {
        for (int fault = 0; fault < faults; fault++) {
            for (int i = 0; i < GOOD_FOR_EACH_FAULT; i++) {
                submit(pool, StormKind.GOOD);
            }
            StormKind kind = kinds.get(fault == 0 ? 0 : random.nextInt(kinds.size()));
            counts.merge(kind, 1, Integer::sum);
            happen(pool, kind, maps);
        }
        Await.until(weather::isCalm, "there is memory, and there are threads");
        awaitService(pool);
        maps.checkAll(SETTLE_SECONDS, killed, noThreads);
    }

    private ProcessPoolExecutor pool() {
        ProcessPoolExecutor.Builder builder =
                ProcessPoolExecutor.builder()
                        .workers(1 + random.nextInt(MOST_WORKERS))
                        .warmSpare(random.nextBoolean())
                        .maxWorkerHeap(WORKER_HEAP_BYTES)
                        .cancelGrace(Duration.ofMillis(50))
                        .jvmArgs("-XX:ErrorFile=/dev/null")
                        .output(ProcessOutput.discard());
        if (random.nextBoolean()) {
            builder.maxTasksPerWorker(50 + random.nextInt(500));
        }
        if (random.nextInt(4) == 0) {
            builder.retries(1);
        }
        if (random.nextInt(3) != 0) {
            builder.queueCapacity(1 + random.nextInt(LONGEST_QUEUE))
                    .whenFull(random.nextBoolean() ? WhenFull.BLOCK : WhenFull.REJECT);
        }
        priorities = random.nextBoolean() ? 1 : PRIORITIES;
        return builder.build();
    }

    private void happen(ProcessPoolExecutor pool, StormKind kind, StormMaps maps) throws Exception {
        switch (kind) {
            case MAP,
                    MAP_OF_A_SLOW_SOURCE,
                    MAP_CLOSED_EARLY,
                    MAP_WITH_A_FAULT,
                    MAP_WHOSE_SOURCE_FAILS ->
                    maps.start(pool, kind, random);
            case RESULT_LARGER_THAN_THIS_PROGRAM -> getTooLargeResult();
            case FULL_MEMORY -> weather.fillMemory(random);
            case FEW_THREADS -> {
                weather.takeThreads(random);
                noThreads = true;
            }
            default -> submit(pool, kind);
        }
    }

    /** By a pool of its own, as its worker needs room for the result. */
    private static void getTooLargeResult() throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder()
                        .workers(1)
                        .maxWorkerHeap(HEAP_OF_A_LARGE_WORKER_BYTES)
                        .build()) {
            TaskFuture<byte[]> large = pool.submit(() -> new byte[TOO_LARGE_RESULT_BYTES]);
            try {
                byte[] value = large.get(SETTLE_SECONDS, TimeUnit.SECONDS);
                throw new AssertionError("this heap is too large: bytes=" + value.length);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof OutOfMemoryError)) {
                    throw e;
                }
            }
            if (pool.submit(() -> 42).get(SETTLE_SECONDS, TimeUnit.SECONDS) != 42) {
                throw new AssertionError("a wrong value");
            }
        }
    }

    private void submit(ProcessPoolExecutor pool, StormKind kind) throws InterruptedException {
        if (!places.tryAcquire(SETTLE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no task ends: " + pool.stats());
        }
        StormTask task =
                new StormTask(kind, random.nextLong(), random.nextInt(1 << random.nextInt(18)));
        TaskOptions options =
                kind == StormKind.SLEEP || kind == StormKind.SPIN
                        ? BRIEF
                        : TaskOptions.builder().priority(random.nextInt(priorities)).build();
        TaskFuture<Object> future = submitUntilAccepted(pool, task, options);
        task.belongsTo(future);
        submitted.add(task);
        CompletableFuture<?> unused =
                future.whenComplete(
                        (value, thrown) -> {
                            task.ended().incrementAndGet();
                            places.release();
                        });
        treat(pool, task, future);
    }

    private TaskFuture<Object> submitUntilAccepted(
            ProcessPoolExecutor pool, StormTask task, TaskOptions options)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        while (true) {
            try {
                return task.submitTo(pool, options);
            } catch (RejectedExecutionException e) {
                refused++; // the queue is full
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.sleep(1);
            }
        }
    }

    /** What the owner of the future, or somebody outside, does now. */
    private void treat(ProcessPoolExecutor pool, StormTask task, TaskFuture<Object> future) {
        int soon = random.nextInt(30);
        boolean interrupts = random.nextBoolean();
        switch (task.kind()) {
            case COMPLETED -> future.complete(StormTask.OWNERS);
            case COMPLETED_EXCEPTIONALLY ->
                    future.completeExceptionally(new TimeoutException(StormTasks.THROWN));
            case OR_TIMEOUT -> {
                CompletableFuture<Object> unusedSame =
                        future.orTimeout(soon, TimeUnit.MILLISECONDS);
            }
            case COMPLETE_ON_TIMEOUT -> {
                CompletableFuture<Object> unusedSame =
                        future.completeOnTimeout(StormTask.OWNERS, soon, TimeUnit.MILLISECONDS);
            }
            case CANCEL -> future.cancel(interrupts);
            case CANCEL_LATER -> cancelLater(future, interrupts, soon);
            case CANCEL_WHAT_SPINS -> cancelLater(future, true, soon);
            case KILL -> killOne(pool);
            case KILL_ALL -> pool.workers().forEach(worker -> kill(worker.pid()));
            default -> {}
        }
    }

    private void cancelLater(TaskFuture<Object> future, boolean interrupts, int millis) {
        var unused =
                weather.clock()
                        .schedule(() -> future.cancel(interrupts), millis, TimeUnit.MILLISECONDS);
    }

    private void killOne(ProcessPoolExecutor pool) {
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

    /** The pool runs tasks; one that began to start workers without threads may lose some more. */
    private void awaitService(ProcessPoolExecutor pool) throws Exception {
        long right = Work.mix(1, 10);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        while (true) {
            StormTask last = new StormTask(StormKind.GOOD, 1, 10);
            TaskFuture<Object> future = submitUntilAccepted(pool, last, TaskOptions.DEFAULT);
            try {
                Object value = future.get(SETTLE_SECONDS, TimeUnit.SECONDS);
                if (!value.equals(right)) {
                    throw new AssertionError("a wrong value: " + value);
                }
                return;
            } catch (Exception e) {
                if (!last.mayFailWith(e, killed, noThreads) || System.nanoTime() - end > 0) {
                    throw new AssertionError("the pool does not go on: " + pool.stats(), e);
                }
            }
        }
    }

    private void checkAll() throws Exception {
        for (StormTask task : submitted) {
            try {
                task.check(SETTLE_SECONDS, killed, noThreads);
            } catch (Throwable e) {
                throw new AssertionError("task " + task + " of pool " + pools, e);
            }
            // A callback may run after get has returned.
            Await.until(() -> task.ended().get() >= 1, "the task's callback has run: " + task);
            if (task.ended().get() != 1) {
                throw new AssertionError("settled more than once: " + task);
            }
        }
    }

    /** What there was, for a line of the test's output. */
    @Override
    public String toString() {
        return "pools="
                + pools
                + ", good="
                + counts.values().stream().mapToInt(i -> i).sum() * GOOD_FOR_EACH_FAULT
                + ", faults="
                + counts
                + ", refused="
                + refused
                + ", workers killed="
                + killed.size();
    }
}
