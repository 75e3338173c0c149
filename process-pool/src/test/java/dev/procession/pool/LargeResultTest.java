package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.SessionFiles;
import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Results that the parent cannot hold, or does not need any more. */
final class LargeResultTest {

    private static final int LARGE_BYTES = 65 << 20;
    private static final int TOO_LARGE_TO_KEEP_BYTES = 257 << 20;

    @Test
    void shouldSettleWhenResultIsLargerThanTheHeap() throws Exception {
        List<String> command = TestProgram.command(List.of("-Xmx64m"), SmallHeapParent.class);
        try (TestProgram parent = TestProgram.start(Path.of("").toAbsolutePath(), command)) {
            assertThat(parent.awaitLine(SmallHeapParent.LARGE)).contains("OutOfMemoryError");
            assertThat(parent.awaitLine(SmallHeapParent.DEPENDENT)).contains("OutOfMemoryError");
            assertThat(parent.awaitLine(SmallHeapParent.NEIGHBOUR)).isEqualTo("2");
            assertThat(parent.awaitLine(SmallHeapParent.AFTERWARDS)).isEqualTo("1");
            assertThat(parent.awaitExit()).isZero();
        }
    }

    @Test
    void shouldGiveLargeResultsWhenTheirWorkersAndThePoolHaveEnded() throws Exception {
        List<TaskFuture<byte[]>> results = new ArrayList<>();
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(2).maxTasksPerWorker(1).build()) {
            for (int i = 0; i < 4; i++) {
                byte mark = (byte) i;
                results.add(pool.submit(() -> marked(mark)));
            }
        }
        for (int i = 0; i < results.size(); i++) {
            byte[] result = results.get(i).get(30, TimeUnit.SECONDS);
            assertThat(result).hasSize(LARGE_BYTES);
            assertThat(result[LARGE_BYTES - 1]).isEqualTo((byte) i);
        }
    }

    @Test
    void shouldKeepNothingOfALargeResultThatNobodyWants() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<byte[]> unwanted =
                    pool.submit(() -> slowly(new byte[TOO_LARGE_TO_KEEP_BYTES]));
            while (pool.stats().running() == 0) {
                Thread.onSpinWait(); // until it cannot be taken back
            }
            assertThat(unwanted.cancel(false)).isTrue();
            assertThat(pool.submit(() -> 1).get(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(SessionFiles.ofOthersHere()).noneMatch(LargeResultTest::isParcel);
        }
    }

    private static boolean isParcel(String file) {
        return Path.of(file).getFileName().toString().startsWith("p");
    }

    private static byte[] slowly(byte[] result) throws InterruptedException {
        Thread.sleep(200);
        return result;
    }

    private static byte[] marked(byte mark) {
        byte[] result = new byte[LARGE_BYTES];
        result[LARGE_BYTES - 1] = mark;
        return result;
    }
}
