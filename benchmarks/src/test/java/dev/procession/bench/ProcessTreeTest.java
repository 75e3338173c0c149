package dev.procession.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {

    @Test
    void shouldCountProcessesBelowThisOne() throws Exception {
        long before = ProcessTree.cpuNanos();
        Process child = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
        try {
            while (ProcessTree.cpuNanos() - before < 50_000_000) {
                Thread.onSpinWait();
            }
            assertThat(ProcessTree.descendants()).contains(child.pid());
            assertThat(ProcessTree.memoryBytes(Set.of(child.pid()))).isPositive();
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
