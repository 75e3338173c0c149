package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskInfo;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.TaskState;
import dev.procession.testing.Await;
import dev.procession.testing.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that are sent once more to the worker that began them last, and have not begun there. */
final class RepeatedTaskTest {

    private static final Duration PAUSE = Duration.ofMillis(1500);

    private static final TaskOptions ONCE_MORE =
            TaskOptions.builder().retries(1).retryOn(IOException.class).retryPause(PAUSE).build();

    @TempDir Path directory;

    private static int failFirst(String file) throws IOException {
        Path attempts = Path.of(file);
        boolean first = !Files.exists(attempts);
        Files.writeString(attempts, "+", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (first) {
            throw new IOException("the first attempt");
        }
        return 2;
    }

    private TaskFuture<Integer> submit(ProcessPoolExecutor pool, String file) {
        String path = directory.resolve(file).toString();
        return pool.submit(() -> failFirst(path), ONCE_MORE);
    }

    /** Stops the worker while the tasks pause; their pauses end at one moment. */
    private static long stopUntilSent(ProcessPoolExecutor pool, int paused) throws Exception {
        Await.until(() -> pool.stats().retried() == paused, "the tasks pause");
        long pid = pool.workers().get(0).pid();
        WorkerRun run = PoolParts.firstRun(pool);
        PoolState state = PoolParts.state(pool);
        state.lock.lock();
        try {
            Signal.STOP.sendTo(pid);
            Thread.sleep(PAUSE.toMillis());
            assertThat(run.load()).isZero();
        } finally {
            state.lock.unlock();
        }
        PoolParts.sendAll(pool, run, paused);
        return pid;
    }

    @Test
    void shouldNotBlameATaskForADeathBeforeItsNextAttempt() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<Integer> future = submit(pool, "attempts");
            long pid = stopUntilSent(pool, 1);
            assertThat(pool.tasks()).extracting(TaskInfo::state).containsExactly(TaskState.WAITING);
            assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
            assertThat(future.get(30, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void shouldNotBeginTheNextAttemptOfACancelledTask() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<Integer> future = submit(pool, "attempts");
            long pid = stopUntilSent(pool, 1);
            assertThat(future.cancel(false)).isTrue();
            Signal.CONT.sendTo(pid);
            assertThat(pool.submit(() -> 1).get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(Files.readString(directory.resolve("attempts"))).isEqualTo("+");
    }

    /** Both wait in the worker's ring when a task of another priority takes them back. */
    @Test
    void shouldTakeBackAllThatHaveNotBegunAgain() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<Integer> first = submit(pool, "first");
            TaskFuture<Integer> second = submit(pool, "second");
            long pid = stopUntilSent(pool, 2);
            TaskFuture<Integer> urgent =
                    pool.submit(() -> 3, TaskOptions.builder().priority(1).build());
            Signal.CONT.sendTo(pid);
            assertThat(urgent.get(30, TimeUnit.SECONDS)).isEqualTo(3);
            assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }
}
