package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.WorkerCrashedException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes that a task has chosen itself. */
final class ChosenExitCodeTest {

    private static final int HEAP_BYTES = 64 << 20;

    private final ProcessPoolExecutor pool =
            ProcessPoolExecutor.builder().workers(1).maxWorkerHeap(HEAP_BYTES).build();

    @AfterEach
    void close() {
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7})
    void shouldSayOnlyTheCodeThatATaskHasChosen(int code) throws Exception {
        for (boolean hooks : new boolean[] {false, true}) {
            WorkerCrashedException crash = crash(pool.submit(() -> end(code, hooks)));
            assertThat(crash.exitCode()).isEqualTo(code);
            assertThat(crash.isOutOfMemory()).isFalse();
            assertThat(crash)
                    .hasMessageContaining("exited with code " + code)
                    .hasMessageNotContaining("threw")
                    .hasMessageNotContaining("memory");
        }
    }

    @Test
    void shouldKnowAHeapThatIsFull() throws Exception {
        WorkerCrashedException crash = crash(pool.submit(ChosenExitCodeTest::fillTheHeap));
        assertThat(crash.isOutOfMemory()).isTrue();
        assertThat(crash).hasMessageContaining("ran out of memory");
    }

    private static WorkerCrashedException crash(TaskFuture<?> future) throws Exception {
        try {
            throw new AssertionError("the task returned: " + future.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(WorkerCrashedException.class);
            return (WorkerCrashedException) e.getCause();
        }
    }

    private static int end(int code, boolean hooks) {
        if (hooks) {
            System.exit(code);
        }
        Runtime.getRuntime().halt(code);
        return code;
    }

    private static int fillTheHeap() {
        return new byte[2 * HEAP_BYTES].length;
    }
}
