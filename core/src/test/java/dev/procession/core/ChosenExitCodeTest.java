package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A child exits with a code to which Procession gives a meaning. */
@Timeout(60)
class ChosenExitCodeTest {

    private static WorkerCrashedException crash(ChildProcess<?> child) {
        try (child) {
            ExecutionException failure =
                    catchThrowableOfType(ExecutionException.class, child::result);
            assertThat(failure).hasCauseInstanceOf(WorkerCrashedException.class);
            return (WorkerCrashedException) failure.getCause();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldNotGiveAReasonForACodeThatTheBodyChose(int code) {
        WorkerCrashedException crash = crash(ChildProcess.start(() -> System.exit(code)));

        assertThat(crash.exitCode()).isEqualTo(code);
        assertThat(crash.isOutOfMemory()).isFalse();
        assertThat(crash)
                .hasMessageContaining("exited with code " + code)
                .message()
                .doesNotContain("threw", "memory");
    }

    @Test
    void shouldSayThatTheMemoryWasFull() {
        WorkerCrashedException crash =
                crash(
                        ChildProcess.builder()
                                .jvmArgs("-Xmx32m", "-XX:+ExitOnOutOfMemoryError")
                                .start(
                                        () -> {
                                            List<byte[]> all = new ArrayList<>();
                                            while (all.size() < Integer.MAX_VALUE) {
                                                all.add(new byte[1 << 20]);
                                            }
                                        }));

        assertThat(crash.isOutOfMemory()).isTrue();
        assertThat(crash).hasMessageContaining("ran out of memory (exit code 3)");
    }
}
