package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ProcessOutput;
import dev.procession.pool.ProcessPoolExecutor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerHeapTest {

    private static final long MIB = 1 << 20;

    @Test
    void shouldShareThreeQuartersOfTheMemory() {
        assertThat(WorkerHeap.flags(List.of(), 3, 4096 * MIB)).containsExactly("-Xmx1024m");
        assertThat(WorkerHeap.flags(List.of("-Dx=-Xmx1g"), 1, 4096 * MIB))
                .containsExactly("-Xmx3072m");
    }

    @Test
    void shouldBeSoMuchAtLeastThatAJvmCanWork() {
        assertThat(WorkerHeap.flags(List.of(), 8, 512 * MIB)).containsExactly("-Xmx256m");
    }

    @Test
    void shouldLeaveTheChoiceToTheUserAndWhereNothingIsKnownToTheJvm() {
        for (String chosen :
                List.of("-Xmx1g", "-Xms2g", "-XX:MaxRAMPercentage=5", "-XX:MaxHeapSize=9m")) {
            assertThat(WorkerHeap.flags(List.of(chosen), 1, 4096 * MIB)).isEmpty();
        }
        assertThat(WorkerHeap.flags(List.of(), 1, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void shouldHoldInAWorker() throws Exception {
        long limit = MemoryLimit.bytes();
        assertThat(limit).isBetween(64 * MIB, Long.MAX_VALUE - 1);
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(4)) {
            long heap = pool.submit(() -> Runtime.getRuntime().maxMemory()).get();
            long share = Math.max(256 * MIB, limit / 4 * 3 / 4);
            // A collector takes some of it for itself, or rounds it to its regions.
            assertThat(heap).isBetween(share / 10 * 9, share + 32 * MIB);
        }
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(1).jvmArgs("-Xmx64m").build()) {
            assertThat(pool.submit(() -> Runtime.getRuntime().maxMemory()).get())
                    .isLessThanOrEqualTo(64 * MIB);
        }
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder()
                        .workers(1)
                        .output(ProcessOutput.discard()) // "Picked up ..."
                        .environment("JAVA_TOOL_OPTIONS", "-Xmx64m")
                        .build()) {
            assertThat(pool.submit(() -> Runtime.getRuntime().maxMemory()).get())
                    .isLessThanOrEqualTo(64 * MIB);
        }
    }
}
