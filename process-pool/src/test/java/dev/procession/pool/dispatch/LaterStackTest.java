package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.Worker;
import dev.procession.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that was asked where it is, and then went on. */
final class LaterStackTest {

    private static final TaskOptions OPTIONS =
            TaskOptions.builder().noProgress(Duration.ofSeconds(3)).build();

    @TempDir Path directory;

    private static int wander(String go) throws InterruptedException {
        Worker.current().progress(0.1);
        pauseEarly(go);
        Worker.current().progress(0.5);
        hangLater();
        return 0;
    }

    private static void pauseEarly(String go) throws InterruptedException {
        while (!Files.exists(Path.of(go))) {
            Thread.sleep(1);
        }
    }

    private static void hangLater() throws InterruptedException {
        Thread.sleep(60_000);
    }

    @Test
    void shouldShowWhereATaskHangsAndNotWhereItWasAskedBefore() throws Exception {
        String go = directory.resolve("go").toString();
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 0).get();
            TaskFuture<Integer> future = pool.submit(() -> wander(go), OPTIONS);
            Await.until(() -> future.progress() > 0, "it runs");
            StackRequest early =
                    PoolParts.firstRun(pool).requestStack(PoolParts.task(future), () -> {});
            assertThat(early).isNotNull();
            Await.until(early::isOver, "it was asked");
            assertThat(early.stack().text()).contains("pauseEarly");
            Files.createFile(Path.of(go));
            ExecutionException failure =
                    catchThrowableOfType(ExecutionException.class, future::get);
            assertThat(failure.getCause().getStackTrace())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("hangLater");
        }
    }
}
