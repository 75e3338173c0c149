package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.WorkerState;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Tasks that were sent ahead to a worker whose task does not end. */
final class SentAheadTasksTest {

    private static final int SHORT = 20;
    private static final int FED = 50;
    private static final int ROUNDS = 15;
    private static final long LONG_MILLIS = 200;

    @Test
    void shouldRunWhatIsBehindABlockedTaskWhileAnotherWorkerTakesNewOnes() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            warmUp(pool, 2);
            TaskFuture<Long> blocked = pool.submit(() -> sleep(60_000));
            List<TaskFuture<Long>> behind = new ArrayList<>();
            for (int i = 0; i < SHORT; i++) {
                behind.add(pool.submit(() -> sleep(1)));
            }
            AtomicBoolean done = new AtomicBoolean();
            Background<Integer> feeder = Background.start(() -> feed(pool, done));
            try {
                for (TaskFuture<Long> each : behind) {
                    assertThat(each.get(10, TimeUnit.SECONDS)).isEqualTo(1);
                }
                assertThat(blocked).isNotDone();
            } finally {
                done.set(true);
                blocked.cancel(true);
            }
            assertThat(feeder.get(20, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void shouldGiveAnIdleWorkerWhatWaitsForOneThatStarts() throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder()
                        .workers(2)
                        .initializer(SentAheadTasksTest::startSlowlyTheSecondTime)
                        .build()) {
            assertThat(pool.submit(() -> sleep(1)).get(10, TimeUnit.SECONDS)).isEqualTo(1);
            TaskFuture<Long> first = pool.submit(() -> sleep(100));
            TaskFuture<Long> second = pool.submit(() -> sleep(1));
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(100);
            assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(1);
            pool.killWorkers();
        }
    }

    /**
     * A task goes to a worker that is expected to be free at once, because the processors are busy,
     * and that worker's task turns out to be long. The pool's own thread sleeps just then.
     */
    @Test
    void shouldMoveATaskFromALongOneToAFreeWorkerWithinMilliseconds() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        assumeThat(processors).isBetween(2, 8);
        int quick = 0;
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(processors + 1)) {
            warmUp(pool, processors + 1);
            for (int round = 0; round < ROUNDS; round++) {
                expectShortTasks(pool);
                Thread.sleep(20);
                List<TaskFuture<Long>> busy = new ArrayList<>();
                for (int i = 0; i < processors; i++) {
                    busy.add(pool.submit(() -> sleep(LONG_MILLIS)));
                }
                long start = System.nanoTime();
                assertThat(pool.submit(() -> sleep(0)).get(20, TimeUnit.SECONDS)).isZero();
                quick += System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(45) ? 1 : 0;
                for (TaskFuture<Long> each : busy) {
                    assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(LONG_MILLIS);
                }
            }
        }
        assertThat(quick).as("rounds without a long wait").isGreaterThan(ROUNDS / 2);
    }

    private static void expectShortTasks(ProcessPoolExecutor pool) {
        PoolState state = PoolParts.state(pool);
        state.lock.lock();
        try {
            for (WorkerRun run : state.scheduler().runs()) {
                for (int i = 0; i < 40; i++) {
                    run.ran(1000);
                }
            }
        } finally {
            state.lock.unlock();
        }
    }

    private static void startSlowlyTheSecondTime() {
        String mark = System.getenv(LeftoverProcesses.VARIABLE);
        if (mark != null && mark.contains("-1-")) {
            try {
                sleep(30_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void warmUp(ProcessPoolExecutor pool, int workers) {
        assertThat(pool.prestartAllWorkers()).isBetween(1, workers);
        Await.until(
                () ->
                        pool.workers().stream().filter(w -> w.state() == WorkerState.IDLE).count()
                                == workers,
                "all workers are up");
    }

    /** Keeps so many tasks in the pool that their worker always has one. */
    private static int feed(ProcessPoolExecutor pool, AtomicBoolean done) throws Exception {
        Semaphore room = new Semaphore(FED);
        int fed = 0;
        while (!done.get()) {
            room.acquire();
            CompletableFuture<?> unused =
                    pool.submit(() -> sleep(5)).whenComplete((value, thrown) -> room.release());
            fed++;
        }
        return fed;
    }

    private static long sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return millis;
    }
}
