package dev.procession.system.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.system.program.ShortProgram;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.TestProgram;
import java.io.IOException;

/** Starts a root process, which removes the leftovers of root processes that were killed. */
public final class NextStart {

    private NextStart() {}

    /**
     * Runs a root process, and checks that it leaves nothing of its own and nothing of these dead
     * processes.
     */
    public static void assertSweepsUp(Long... parents) throws IOException, InterruptedException {
        long pid;
        try (TestProgram next = TestProgram.start(ShortProgram.class)) {
            pid = next.pid();
            assertThat(next.awaitExit()).as(next.text()).isZero();
            assertThat(next.lines()).contains(ShortProgram.ANSWER + 42);
        }
        assertThat(SessionFiles.directoriesOf(pid)).isEmpty();
        for (long parent : parents) {
            assertThat(SessionFiles.directoriesOf(parent)).isEmpty();
        }
    }
}
