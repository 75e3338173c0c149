package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.TestProgram;
import dev.procession.testing.ThreadShortage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool in a process that gets no more threads. */
final class FewThreadsTest {

    private static final int THREADS = 160;

    @TempDir Path directory;

    @Test
    void shouldSettleEachFutureAndLoseNoProcessWhenNoThreadsAreToBeHad() throws Exception {
        List<String> command = ThreadShortage.command(directory, THREADS, FewThreadsParent.class);
        try (TestProgram parent = TestProgram.start(directory, command)) {
            for (int i = 0; i < 6; i++) {
                assertThat(parent.awaitLine(FewThreadsParent.SETTLED)).isNotEmpty();
            }
            assertThat(parent.awaitLine(FewThreadsParent.AFTERWARDS))
                    .isEqualTo(FewThreadsParent.WELL);
            assertThat(parent.awaitLine(FewThreadsParent.PROCESSES)).isEqualTo("[]");
            assertThat(parent.awaitExit()).isZero();
        }
    }
}
