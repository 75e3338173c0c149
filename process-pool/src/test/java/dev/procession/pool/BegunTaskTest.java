package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ProcessOutput;
import dev.procession.core.WorkerCrashedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that is killed by SIGKILL while its task runs. */
class BegunTaskTest {

    private static final int SIGKILL = 9;
    private static final int PATIENCE_SECONDS = 40;

    @TempDir private Path directory;

    @Test
    void shouldFailATaskThatHadBegunAndNotRunItAgain() throws Exception {
        String effects = Files.createFile(directory.resolve("effects")).toString();
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(2).output(ProcessOutput.discard()).build()) {
            TaskFuture<Long> future = pool.submit(() -> killedTheFirstTime(effects));
            assertThatThrownBy(() -> future.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("the future of a task that may have had effects")
                    .cause()
                    .isInstanceOfSatisfying(
                            WorkerCrashedException.class,
                            e -> assertThat(e.signal()).isEqualTo(SIGKILL));
            assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
        }
        assertThat(Path.of(effects)).as("a byte for each run").hasSize(1);
    }

    /** Has an effect; the first call kills its worker. */
    private static long killedTheFirstTime(String effects)
            throws IOException, InterruptedException {
        Path file = Path.of(effects);
        Files.write(file, new byte[1], StandardOpenOption.APPEND);
        if (Files.size(file) == 1) {
            String pid = Long.toString(ProcessHandle.current().pid());
            new ProcessBuilder("kill", "-KILL", pid).start();
            Thread.sleep(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }
        return Files.size(file);
    }
}
