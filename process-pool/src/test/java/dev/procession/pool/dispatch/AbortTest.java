package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.Session;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskState;
import dev.procession.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The end of a pool that cannot go on. */
final class AbortTest {

    private static final int LARGE_BYTES = 1 << 20;

    private static int sleep(byte[] payload) throws InterruptedException {
        Thread.sleep(60_000);
        return payload.length;
    }

    @Test
    void shouldRemoveTheFilesOfTheTasksThatItFails() throws Exception {
        byte[] payload = new byte[LARGE_BYTES];
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<Integer> runs = pool.submit(() -> sleep(payload));
            TaskFuture<Integer> waits = pool.submit(() -> sleep(payload));
            Await.until(
                    () -> pool.tasks().get(0).state() == TaskState.RUNNING, "the first one runs");
            Task running = PoolParts.task(runs);
            Task waiting = PoolParts.task(waits);
            assertThat(PoolParts.part(pool, "shutdown", Shutdown.class).abort())
                    .containsExactlyInAnyOrder(running, waiting);
            assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
        try (Stream<Path> files = Files.list(Session.current().home())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.matches("[bp].*-.*"));
        }
    }
}
