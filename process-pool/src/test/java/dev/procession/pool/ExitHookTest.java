package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.pool.ExitHookParent.End;
import dev.procession.pool.ExitHookParent.Hook;
import dev.procession.pool.ExitHookParent.Work;
import dev.procession.testing.BesideOthers;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.TestProgram;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pools in exit hooks, when a program exits or is terminated. */
final class ExitHookTest {

    /**
     * The longest times that a hook waits: four seconds for what does not end, and two each for
     * workers that exit and for callbacks that do not return; and something for a busy machine.
     */
    private static final long LONGEST_HOOK_MILLIS = 15_000;

    @ParameterizedTest
    @BesideOthers
    @CsvSource({
        "CLOSE, NONE, EXIT",
        "CLOSE, FOR_A_SECOND, EXIT",
        "CLOSE, FOR_A_SECOND, SIGTERM",
        "CLOSE, FOR_EVER, SIGTERM",
        "CLOSE, SUBMITTED_WITHOUT_END, EXIT",
        "CLOSE, NONE, EXIT_IN_A_CALLBACK",
        "CLOSE, SUBMITTED_WITHOUT_END, EXIT_IN_A_CALLBACK",
        "CLOSE_IN_TIME, FOR_A_SECOND, SIGTERM",
        "CLOSE_IN_TIME, FOR_EVER, EXIT",
        "CLOSE_IN_TIME, SUBMITTED_WITHOUT_END, SIGTERM",
        "CLOSE_IN_TIME, FOR_EVER, EXIT_IN_A_CALLBACK",
        "CLOSE_TWICE_BY_TWO_THREADS, SUBMITTED_WITHOUT_END, EXIT",
        "CLOSE_TWICE_BY_TWO_THREADS, FOR_A_SECOND, SIGTERM",
        "AWAIT, NONE, SIGTERM",
        "AWAIT, FOR_A_SECOND, EXIT",
        "AWAIT, SUBMITTED_WITHOUT_END, EXIT"
    })
    void shouldEndThePoolInAHook(Hook hook, Work work, End end) throws Exception {
        try (TestProgram program =
                TestProgram.start(ExitHookParent.class, hook.name(), work.name(), end.name())) {
            program.awaitLine(ExitHookParent.READY);
            if (end == End.SIGTERM) {
                // By its handle, because Process.destroy() closes the stream of its output.
                ProcessHandle.of(program.pid()).orElseThrow().destroy();
            }
            assertThat(program.awaitLine(ExitHookParent.SUBMITTED)).isEqualTo("rejected");
            assertThat(program.awaitLine(ExitHookParent.ENDED)).isEqualTo("true");
            assertThat(Long.parseLong(program.awaitLine(ExitHookParent.TOOK_MILLIS)))
                    .isLessThan(LONGEST_HOOK_MILLIS);
            assertThat(program.awaitExit()).isEqualTo(end == End.SIGTERM ? 128 + 15 : 0);
            if (work == Work.FOR_A_SECOND) {
                assertThat(program.text()).contains(ExitHookParent.RETURNED + 1000);
            }
            if (work == Work.SUBMITTED_WITHOUT_END) {
                assertThat(program.lines()).contains(ExitHookParent.ALL_SETTLED);
            }
            assertThat(program.lines())
                    .as(program.text())
                    .noneMatch(line -> line.startsWith("\tat ") || line.contains("WARNING"));
            assertThat(SessionFiles.directoriesOf(program.pid())).isEmpty();
        }
    }
}
