package dev.procession.system.program;

import dev.procession.core.ProcessOutput;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.testing.Background;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A program with a pool at full load whose workers are replaced all the time. */
public final class RecyclingProgram {

    /**
     * Flags: the heap is in memory from the beginning, and code is compiled soon and once, so that
     * more memory is something else.
     */
    public static final List<String> FLAGS =
            List.of(
                    "-Xms96m",
                    "-Xmx96m",
                    "-XX:+AlwaysPreTouch",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1");

    /** Printed with what the process used. */
    public static final String USED = "used: ";

    /** Printed with what grew; nothing after it if nothing did. */
    public static final String GREW = "grew: ";

    private static final int IN_FLIGHT = 64;
    private static final int LARGE_BYTES = 2 << 20;
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final int PATIENCE_SECONDS = 60;
    private static final long FEWEST_MILLIS = 100;
    private static final int MOST_MEASUREMENTS = 1000;

    /** Why workers are replaced. */
    public enum Reason {
        /** They have run as many tasks as they may. */
        TASKS {
            @Override
            void set(ProcessPoolExecutor.Builder builder) {
                builder.maxTasksPerWorker(5);
            }
        },
        /** They have become too large: each one has, when it is looked at. */
        MEMORY {
            @Override
            void set(ProcessPoolExecutor.Builder builder) {
                builder.maxWorkerMemory(1 << 20);
            }
        },
        /** They were idle: the load pauses now and then. */
        IDLENESS {
            @Override
            void set(ProcessPoolExecutor.Builder builder) {
                builder.minWorkers(0).idleTimeout(Duration.ofMillis(20));
            }
        };

        abstract void set(ProcessPoolExecutor.Builder builder);
    }

    private final Reason reason;
    private final Random random;
    private final Semaphore places = new Semaphore(IN_FLIGHT);
    private final AtomicLong wrong = new AtomicLong();

    private RecyclingProgram(Reason reason, Random random) {
        this.reason = reason;
        this.random = random;
    }

    /** Takes the reason, a seed, how many seconds, and how many workers at least. */
    public static void main(String[] args) throws Exception {
        RecyclingProgram program =
                new RecyclingProgram(Reason.valueOf(args[0]), new Random(Long.parseLong(args[1])));
        program.run(Duration.ofSeconds(Long.parseLong(args[2])), Long.parseLong(args[3]));
    }

    private void run(Duration time, long fewestWorkers) throws Exception {
        ProcessPoolExecutor.Builder builder =
                ProcessPoolExecutor.builder().workers(2).output(ProcessOutput.discard());
        reason.set(builder);
        Growth growth = new Growth();
        try (ProcessPoolExecutor pool = builder.build()) {
            long warm = System.nanoTime() + WARM_UP.toNanos();
            while (System.nanoTime() - warm < 0) {
                turn(pool);
            }
            long before = pool.stats().workersStarted();
            measure(pool, growth, time, before + fewestWorkers);
            awaitAll();
            long workers = pool.stats().workersStarted() - before;
            System.out.println(USED + "workers=" + workers + ", " + growth);
        }
        if (wrong.get() > 0) {
            throw new IllegalStateException("tasks that failed or had a wrong value: " + wrong);
        }
        System.out.println(GREW + String.join(", ", growth.leaks()));
    }

    /** Goes on until the time is over and enough workers were started. */
    private void measure(ProcessPoolExecutor pool, Growth growth, Duration time, long workers)
            throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        long interval = Math.max(FEWEST_MILLIS, time.toMillis() / MOST_MEASUREMENTS);
        Background<?> measuring =
                Background.start(
                        () -> {
                            while (!over.get()) {
                                growth.measure();
                                Thread.sleep(interval);
                            }
                            return null;
                        });
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()
                || pool.stats().workersStarted() < workers) {
            turn(pool);
        }
        over.set(true);
        measuring.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void turn(ProcessPoolExecutor pool) throws InterruptedException {
        submit(pool);
        if (reason == Reason.IDLENESS && random.nextInt(2 * IN_FLIGHT) == 0) {
            awaitAll();
            while (!pool.workers().isEmpty()) {
                Thread.sleep(1); // until they were idle for too long
            }
        }
    }

    private void awaitAll() throws InterruptedException {
        if (!places.tryAcquire(IN_FLIGHT, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a task does not end");
        }
        places.release(IN_FLIGHT);
    }

    private void submit(ProcessPoolExecutor pool) throws InterruptedException {
        if (!places.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no task ends");
        }
        long seed = random.nextLong();
        CompletableFuture<Boolean> right;
        if (random.nextInt(20) == 0) {
            right =
                    pool.submit(() -> Work.bytes(seed, LARGE_BYTES))
                            .thenApply(
                                    bytes ->
                                            bytes.length == LARGE_BYTES && bytes[9] == (byte) seed);
        } else {
            int rounds = random.nextInt(1 << 16);
            long value = Work.mix(seed, rounds);
            right = pool.submit(() -> Work.mix(seed, rounds)).thenApply(mixed -> mixed == value);
        }
        CompletableFuture<?> unused =
                right.whenComplete(
                        (holds, thrown) -> {
                            if (thrown != null || !holds) {
                                wrong.incrementAndGet();
                            }
                            places.release();
                        });
    }
}
