package dev.procession.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {

    private static final long GROWTH_NANOS = 50_000_000;

    @Test
    void shouldCountProcessesBelowThisOne() throws Exception {
        // Its own time is read before the total here and after it below: the difference below
        // never has more of this JVM's time than the one here.
        long own = ownNanos();
        long before = ProcessTree.cpuNanos() - own;
        // It ends with this JVM, even if that is killed.
        Process child = new ProcessBuilder("sh", "-c", "while kill -0 $PPID; do :; done").start();
        try {
            Await.until(
                    () -> ProcessTree.cpuNanos() - ownNanos() - before >= GROWTH_NANOS,
                    "the child's time is counted");
            assertThat(ProcessTree.descendants()).contains(child.pid());
            assertThat(ProcessTree.memoryBytes(Set.of(child.pid()))).isPositive();
        } finally {
            end(child);
        }
    }

    private static long ownNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static void end(Process child) throws InterruptedException, IOException {
        child.destroyForcibly();
        child.waitFor();
        child.getInputStream().close();
    }
}
