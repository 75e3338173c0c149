package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.pool.ExitHookParent.Hook;
import dev.procession.pool.ExitHookParent.Work;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.TestProgram;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pools in exit hooks, when a program exits or is terminated. */
final class ExitHookTest {

    @ParameterizedTest
    @CsvSource({
        "CLOSE, NONE, true",
        "CLOSE, FOR_A_SECOND, true",
        "CLOSE, FOR_A_SECOND, false",
        "CLOSE, FOR_EVER, false",
        "CLOSE_IN_TIME, FOR_A_SECOND, false",
        "CLOSE_IN_TIME, FOR_EVER, true",
        "AWAIT, NONE, false",
        "AWAIT, FOR_A_SECOND, true"
    })
    void shouldEndThePoolInAHook(Hook hook, Work work, boolean exits) throws Exception {
        try (TestProgram program =
                TestProgram.start(
                        ExitHookParent.class, hook.name(), work.name(), String.valueOf(exits))) {
            program.awaitLine(ExitHookParent.READY);
            if (!exits) {
                // By its handle, because Process.destroy() closes the stream of its output.
                ProcessHandle.of(program.pid()).orElseThrow().destroy();
            }
            assertThat(program.awaitLine(ExitHookParent.SUBMITTED)).isEqualTo("rejected");
            assertThat(program.awaitLine(ExitHookParent.ENDED)).isEqualTo("true");
            assertThat(program.awaitExit()).isEqualTo(exits ? 0 : 128 + 15);
            if (work == Work.FOR_A_SECOND) {
                assertThat(program.text()).contains(ExitHookParent.RETURNED + 1000);
            }
            assertThat(program.lines())
                    .as(program.text())
                    .noneMatch(line -> line.startsWith("\tat ") || line.contains("WARNING"));
            assertThat(SessionFiles.directoriesOf(program.pid())).isEmpty();
        }
    }
}
