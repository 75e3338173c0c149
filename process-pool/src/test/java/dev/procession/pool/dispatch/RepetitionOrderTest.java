package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.SerializableCallable;
import dev.procession.core.lane.LaneEnd;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.TaskTimeoutException;
import dev.procession.pool.protocol.LaneMessage;
import dev.procession.pool.worker.CurrentTask;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a task that may run again while a thread that waits for it reads its failure. */
final class RepetitionOrderTest {

    private static final TaskOptions ONCE_MORE =
            TaskOptions.builder()
                    .retries(1)
                    .retryOn(IOException.class)
                    .timeout(Duration.ofHours(1))
                    .build();

    @TempDir Path directory;

    private static int failFirst(String file) throws IOException {
        if (!Files.exists(Path.of(file))) {
            Files.createFile(Path.of(file));
            throw new IOException("the first attempt");
        }
        return 2;
    }

    private static SerializableCallable<Integer> failing(String file) {
        return () -> failFirst(file);
    }

    private static SerializableCallable<Integer> marking(String file) {
        return () -> mark(file);
    }

    private static SerializableCallable<Integer> sending(String file) {
        return () -> sendReady(file);
    }

    private static int mark(String file) throws IOException {
        Files.createFile(Path.of(file));
        return 1;
    }

    /** Sends a message that has the reader take the pool's lock. */
    private static int sendReady(String file) throws Exception {
        Field field = CurrentTask.class.getDeclaredField("lane");
        field.setAccessible(true);
        LaneEnd lane = (LaneEnd) field.get(CurrentTask.get());
        if (!lane.offer(LaneMessage.READY.wire(), 0, new byte[0])) {
            throw new IllegalStateException("the ring is full");
        }
        return mark(file);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private static void awaitFile(String file) {
        Await.until(() -> Files.exists(Path.of(file)), "the task has come to its end");
    }

    /** Has the dispatcher's thread wait for the pool's lock, which the calling thread has. */
    private static void holdDispatcher(ProcessPoolExecutor pool) {
        Thread dispatcher = PoolParts.part(pool, "start", FirstStart.class).thread();
        PoolParts.part(pool, "lanes", LaneListener.class).wake();
        Await.until(
                () -> PoolParts.state(pool).lock.hasQueuedThread(dispatcher),
                "the dispatcher waits");
    }

    /**
     * Gives the role back, and has another thread wait for a future and read for it until it needs
     * the pool's lock, which the calling thread has.
     */
    private static Background<Integer> readUpToTheLock(
            ProcessPoolExecutor pool, ReaderRole role, TaskFuture<Integer> future) {
        holdDispatcher(pool);
        role.taken = ReaderRole.FREE;
        Background<Integer> waiting = Background.start(future::get);
        Thread reader = waiting.thread();
        Await.until(() -> PoolParts.state(pool).lock.hasQueuedThread(reader), "the thread reads");
        return waiting;
    }

    /**
     * The reader has taken the tasks from the worker, and waits for the lock to remove another one
     * from the bounded pool, when the end of the pool looks whether there is a task.
     */
    @Test
    void shouldRunAgainWhenThePoolIsClosedBeforeThatIsDecided() throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(1).queueCapacity(10).build()) {
            pool.submit(() -> 0).get();
            PoolState state = PoolParts.state(pool);
            WorkerRun run = PoolParts.firstRun(pool);
            ReaderRole role = run.reader();
            role.takeLast();
            TaskFuture<Integer> ahead = pool.submit(() -> 0);
            TaskFuture<Integer> future = pool.submit(failing(file("first")), ONCE_MORE);
            TaskFuture<Integer> last = pool.submit(marking(file("last")));
            PoolParts.sendAll(pool, run, 3);
            awaitFile(file("last"));
            Background<Integer> waiting;
            state.lock.lock();
            try {
                waiting = readUpToTheLock(pool, role, future);
                pool.shutdown();
                PoolParts.part(pool, "shutdown", Shutdown.class).stopWhenDone();
            } finally {
                state.lock.unlock();
            }
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(ahead.get(20, TimeUnit.SECONDS)).isZero();
            assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void shouldHaveOneOutcomeWhenItsTimeIsOverBeforeRepetitionIsDecided() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 0).get();
            PoolState state = PoolParts.state(pool);
            WorkerRun run = PoolParts.firstRun(pool);
            ReaderRole role = run.reader();
            role.takeLast();
            TaskFuture<Integer> future = pool.submit(failing(file("first")), ONCE_MORE);
            TaskFuture<Integer> behind = pool.submit(sending(file("sent")));
            PoolParts.sendAll(pool, run, 2);
            awaitFile(file("sent"));
            Decisions decisions = new Decisions();
            Background<Integer> waiting;
            state.lock.lock();
            try {
                waiting = readUpToTheLock(pool, role, future);
                PeriodicChecks checks = PoolParts.part(pool, "checks", PeriodicChecks.class);
                Scheduler scheduler = state.scheduler();
                long later = System.nanoTime() + TimeUnit.HOURS.toNanos(2);
                Await.until(() -> isOver(checks, scheduler, later, decisions), "its time is over");
            } finally {
                state.lock.unlock();
            }
            Await.until(() -> !role.isTaken() && !role.hasSettled(), "all is read");
            PoolParts.part(pool, "executor", DecisionExecutor.class).carryOut(decisions);
            assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(TaskTimeoutException.class);
            assertThat(behind.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(pool.stats().timedOut()).isEqualTo(1);
        }
    }

    private static boolean isOver(
            PeriodicChecks checks, Scheduler scheduler, long now, Decisions decisions) {
        long unused = checks.run(scheduler, now, decisions);
        return !decisions.endings().isEmpty();
    }
}
