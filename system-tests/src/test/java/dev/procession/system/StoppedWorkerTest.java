package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.system.program.Work;
import dev.procession.testing.Signal;
import dev.procession.testing.SystemTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stopped process is not dead. */
@SystemTest
@Timeout(60)
class StoppedWorkerTest {

    private static final int STOPPED_SECONDS = 3;
    private static final int ROUNDS = 1000;

    /** Computes until this file exists, however fast the machine is. */
    private static long mixUntilFileExists(String go) throws InterruptedException {
        while (!Files.exists(Path.of(go))) {
            Thread.sleep(1);
        }
        return Work.mix(1, ROUNDS);
    }

    @Test
    void shouldCompleteTheTaskWhenAStoppedWorkerContinues(@TempDir Path directory)
            throws Exception {
        Path go = directory.resolve("go");
        String goName = go.toString();
        CompletableFuture<Long> computing = new CompletableFuture<>();
        ProcessPoolExecutor.Builder builder =
                ProcessPoolExecutor.builder()
                        .workers(1)
                        .output(
                                (process, stream, line) ->
                                        computing.complete(Long.valueOf(line.strip())));
        try (ProcessPoolExecutor pool = builder.build()) {
            TaskFuture<Long> running =
                    pool.submit(
                            () -> {
                                System.out.println(ProcessHandle.current().pid());
                                return mixUntilFileExists(goName);
                            });
            TaskFuture<Integer> next = pool.submit(() -> 2);
            long pid = computing.get();
            Signal.STOP.sendTo(pid);
            try {
                // The fault itself: the worker is stopped for this long.
                assertThatThrownBy(() -> running.get(STOPPED_SECONDS, TimeUnit.SECONDS))
                        .isInstanceOf(TimeoutException.class);
                assertThat(next).isNotDone();
            } finally {
                Signal.CONT.sendTo(pid);
            }
            assertThat(running).isNotDone();
            Files.createFile(go);
            assertThat(running.get()).isEqualTo(Work.mix(1, ROUNDS));
            assertThat(next.get()).isEqualTo(2);
            assertThat(pool.submit(() -> ProcessHandle.current().pid()).get()).isEqualTo(pid);
        }
    }
}
