package dev.procession.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PinningTest {

    private static final long JVM = ProcessHandle.current().pid();
    private static final Processors PROCESSORS = new Processors(2, 5);
    private static final List<Sides> RIVALS =
            List.of(new Sides(List.of(), List.of(-10L)), new Sides(List.of(-20L), List.of(-21L)));

    private final List<String> calls = new ArrayList<>();

    private void note(long pid, String processors) {
        calls.add((pid == JVM ? "jvm" : pid) + " to " + processors);
    }

    @Test
    void shouldPinBothSidesAndReleaseThisJvm() throws Exception {
        try (Pinning pinning = Pinning.apart(this::note, "0-7", PROCESSORS, RIVALS)) {
            assertThat(pinning.placement()).contains("processor 2").contains("processor 5");
            assertThat(calls).containsExactly("jvm to 2", "-10 to 5", "-20 to 2", "-21 to 5");
            calls.clear();
        }
        assertThat(calls).containsExactly("jvm to 0-7");
    }

    @Test
    void shouldReleaseAllIfOneCannotBePinned() throws Exception {
        Taskset failing =
                (pid, processors) -> {
                    if (pid == -21) {
                        throw new IOException("no such process");
                    }
                    note(pid, processors);
                };
        try (Pinning pinning = Pinning.apart(failing, "0-7", PROCESSORS, RIVALS)) {
            assertThat(pinning.placement()).isEqualTo("Not pinned: no such process.");
        }
        assertThat(calls)
                .endsWith("-10 to 0-7", "-20 to 0-7", "jvm to 0-7")
                .doesNotContain("-21 to 5");
    }
}
