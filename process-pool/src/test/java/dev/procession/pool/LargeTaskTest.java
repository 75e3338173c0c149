package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.WorkerCrashedException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Tasks that their workers cannot hold. */
final class LargeTaskTest {

    private static final int HEAP_BYTES = 32 << 20;
    private static final int LARGER_BYTES = 40 << 20;

    @Test
    void shouldFailOnlyTheTaskThatIsLargerThanItsWorkersHeap() throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(1).maxWorkerHeap(HEAP_BYTES).build()) {
            byte[] large = new byte[LARGER_BYTES];
            TaskFuture<Integer> tooLarge = pool.submit(() -> large.length);
            TaskFuture<Integer> behind = pool.submit(() -> 6 * 7);
            assertThatThrownBy(() -> tooLarge.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .asInstanceOf(InstanceOfAssertFactories.type(WorkerCrashedException.class))
                    .returns(true, WorkerCrashedException::isOutOfMemory);
            assertThat(behind.get(30, TimeUnit.SECONDS)).isEqualTo(42);
            assertThat(pool.stats().workersStarted()).isEqualTo(2);
        }
    }

    @Test
    void shouldSkipATaskThatWasTakenBackWithoutReadingIt() throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(1).maxWorkerHeap(HEAP_BYTES).build()) {
            byte[] large = new byte[LARGER_BYTES];
            TaskFuture<Long> running = pool.submit(() -> sleep(300));
            TaskFuture<Integer> tooLarge = pool.submit(() -> large.length);
            assertThat(tooLarge.cancel(false)).isTrue();
            TaskFuture<Integer> behind = pool.submit(() -> 6 * 7);
            assertThat(running.get()).isEqualTo(300);
            assertThat(behind.get(30, TimeUnit.SECONDS)).isEqualTo(42);
            assertThat(pool.stats().workersStarted()).isEqualTo(1);
        }
    }

    private static long sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return millis;
    }
}
