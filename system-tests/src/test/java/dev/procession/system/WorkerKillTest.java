package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import dev.procession.core.ProcessOutput;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.system.program.Work;
import dev.procession.testing.Await;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers are killed while their pool is busy. */
@SystemTest
class WorkerKillTest {

    private static final int WORKERS = 3;
    private static final int IN_FLIGHT = 60;
    private static final int SETTLE_SECONDS = 30;

    /** More than a ring holds, so that the value goes to a spill file. */
    private static final int LARGE_BYTES = 600_000;

    private static final Duration FRESH_WORKER = Duration.ofSeconds(60);

    /**
     * Handles include the start time, so that a later process with a dead one's pid counts as
     * another.
     */
    private final Set<ProcessHandle> killed = new HashSet<>();

    private record Submitted(TaskFuture<byte[]> future, long seed, int rounds, int size) {

        byte[] expected() {
            return Work.bytes(Work.mix(seed, rounds), size);
        }
    }

    @Test
    @Timeout(1200)
    void shouldSettleEveryFutureWhenWorkersAreKilledUnderLoad(Random random) throws Exception {
        int kills = Scale.times(100, 2000);
        int failed;
        int total;
        try (ProcessPoolExecutor pool = pool()) {
            Load load = new Load(pool, random);
            while (killed.size() < kills) {
                load.submitSome(random.nextInt(40));
                killOne(pool, random);
            }
            total = load.submitted.size();
            failed = load.assertSettled();
            assertServes(pool);
        }
        System.out.printf(
                "system-tests: workers killed under load: kills=%d, tasks=%d, failed=%d%n",
                killed.size(), total, failed);
    }

    @Test
    @Timeout(900)
    void shouldServeWhenAllWorkersAreKilledAtOnce(Random random) throws Exception {
        try (ProcessPoolExecutor pool = pool()) {
            Load load = new Load(pool, random);
            for (int round = 0; round < Scale.times(3, 50); round++) {
                load.submitSome(IN_FLIGHT);
                killAll(pool);
            }
            load.assertSettled();
            assertServes(pool);
        }
    }

    @Test
    @Timeout(900)
    void shouldTerminateWhenWorkersAreKilledWhileItShutsDown(Random random) throws Exception {
        for (int round = 0; round < Scale.times(5, 100); round++) {
            try (ProcessPoolExecutor pool = pool()) {
                Load load = new Load(pool, random);
                load.submitSome(IN_FLIGHT);
                awaitWorkers(pool);
                pool.shutdown();
                kill(pool.workers().get(0).pid());
                load.assertSettled();
                if (random.nextBoolean()) {
                    pool.workers().forEach(worker -> kill(worker.pid()));
                }
                assertThat(pool.awaitTermination(SETTLE_SECONDS, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    @Timeout(900)
    void shouldReplaceIdleWorkersWhenTheyAreKilled() throws Exception {
        try (ProcessPoolExecutor pool = pool()) {
            for (int round = 0; round < Scale.times(3, 50); round++) {
                assertServes(pool);
                killAll(pool);
            }
            assertServes(pool);
        }
    }

    private static ProcessPoolExecutor pool() {
        return ProcessPoolExecutor.builder()
                .workers(WORKERS)
                .output(ProcessOutput.discard())
                .build();
    }

    private void killOne(ProcessPoolExecutor pool, Random random) {
        List<ProcessHandle> candidates = new ArrayList<>();
        Await.until(
                FRESH_WORKER,
                () -> {
                    candidates.clear();
                    pool.workers().stream()
                            .flatMap(worker -> ProcessHandle.of(worker.pid()).stream())
                            .filter(worker -> !killed.contains(worker))
                            .forEach(candidates::add);
                    return !candidates.isEmpty();
                },
                () -> "a worker was started for the tasks that wait: " + pool);
        kill(candidates.get(random.nextInt(candidates.size())).pid());
    }

    private void killAll(ProcessPoolExecutor pool) {
        awaitWorkers(pool);
        pool.workers().forEach(worker -> kill(worker.pid()));
    }

    private static void awaitWorkers(ProcessPoolExecutor pool) {
        Await.until(
                FRESH_WORKER, () -> !pool.workers().isEmpty(), () -> "there are workers: " + pool);
    }

    private void kill(long pid) {
        ProcessHandle.of(pid).filter(ProcessHandle::destroyForcibly).ifPresent(killed::add);
    }

    private static void assertServes(ProcessPoolExecutor pool) throws Exception {
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 4 * WORKERS; i++) {
            int seed = i;
            futures.add(pool.submit(() -> Work.mix(seed, 1000)));
        }
        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).get(SETTLE_SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(Work.mix(i, 1000));
        }
    }

    /** Tasks of mixed lengths and sizes, never more than {@link #IN_FLIGHT} at a time. */
    private final class Load {
        private final ProcessPoolExecutor pool;
        private final Random random;
        private final Semaphore places = new Semaphore(IN_FLIGHT);
        private final AtomicLong nextSeed = new AtomicLong();
        private final List<Submitted> submitted = new ArrayList<>();

        Load(ProcessPoolExecutor pool, Random random) {
            this.pool = pool;
            this.random = random;
        }

        void submitSome(int count) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                assertThat(places.tryAcquire(SETTLE_SECONDS, TimeUnit.SECONDS))
                        .as("some task has ended")
                        .isTrue();
                Submitted task = submit();
                submitted.add(task);
                CompletableFuture<byte[]> unused =
                        task.future().whenComplete((value, thrown) -> places.release());
            }
        }

        private Submitted submit() {
            long seed = nextSeed.incrementAndGet();
            int rounds = random.nextInt(1 << random.nextInt(23));
            int size = random.nextInt(20) == 0 ? LARGE_BYTES : random.nextInt(100);
            byte[] argument = new byte[random.nextInt(20) == 0 ? LARGE_BYTES : 1];
            return new Submitted(
                    pool.submit(() -> Work.bytes(Work.mix(seed, rounds) + argument[0], size)),
                    seed,
                    rounds,
                    size);
        }

        /** Returns how many tasks have failed. */
        int assertSettled() throws InterruptedException, TimeoutException {
            Multiset<Long> deaths = HashMultiset.create();
            killed.forEach(worker -> deaths.add(worker.pid()));
            int failed = 0;
            for (Submitted task : submitted) {
                try {
                    byte[] value = task.future().get(SETTLE_SECONDS, TimeUnit.SECONDS);
                    assertThat(value).isEqualTo(task.expected());
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(WorkerCrashedException.class);
                    WorkerCrashedException crash = (WorkerCrashedException) e.getCause();
                    assertThat(deaths.remove(crash.pid())).as("one task for each death").isTrue();
                    failed++;
                    assertThat(crash.signal()).isEqualTo(9);
                }
            }
            return failed;
        }
    }
}
