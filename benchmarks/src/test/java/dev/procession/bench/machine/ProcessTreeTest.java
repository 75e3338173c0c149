package dev.procession.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {

    private static final long GROWTH_NANOS = 50_000_000;

    @Test
    void shouldCountProcessesBelowThisOne() throws Exception {
        // It ends with this JVM, even if that is killed.
        Process child = new ProcessBuilder("sh", "-c", "while kill -0 $PPID; do :; done").start();
        try {
            Set<Long> pid = Set.of(child.pid());
            CpuTimes before = CpuTimes.of(pid);
            Await.until(
                    () -> CpuTimes.of(pid).nanosSince(before) >= GROWTH_NANOS,
                    "the child's time is counted");
            assertThat(ProcessTree.descendants()).contains(child.pid());
            assertThat(ProcessTree.without(pid))
                    .contains(ProcessHandle.current().pid())
                    .doesNotContain(child.pid());
            assertThat(ProcessTree.memoryBytes(pid)).isPositive();
        } finally {
            end(child);
        }
    }

    private static void end(Process child) throws InterruptedException, IOException {
        child.destroyForcibly();
        child.waitFor();
        child.getInputStream().close();
    }
}
