package dev.procession.system.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.system.program.ShortProgram;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.TestProgram;
import java.io.IOException;

/** What killed roots left stays until the next root starts; this starts one. */
public final class NextStart {

    private NextStart() {}

    /** Runs a root process, and checks that it leaves nothing of its own nor of these dead ones. */
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
