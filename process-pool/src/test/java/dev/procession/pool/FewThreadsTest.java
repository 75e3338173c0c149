package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procession.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A pool in a process that gets no more threads. Only root can give up its right to have as many as
 * it likes, for a user of whom nothing else runs.
 */
final class FewThreadsTest {

    private static final String THREADS = "160";
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    @Test
    void shouldSettleEachFutureAndLoseNoProcessWhenNoThreadsAreToBeHad() throws Exception {
        assumeTrue(
                System.getProperty("user.name").equals("root") && Files.isExecutable(SETPRIV),
                "needs root and setpriv");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                SETPRIV.toString(),
                                "--reuid=nobody",
                                "--regid=nogroup",
                                "--clear-groups",
                                "--inh-caps=+dac_override",
                                "--ambient-caps=+dac_override",
                                "prlimit",
                                "--nproc=" + THREADS));
        command.addAll(
                TestProgram.command(
                        List.of(
                                "-XX:ErrorFile=/dev/null",
                                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")),
                        FewThreadsParent.class));
        try (TestProgram parent = TestProgram.start(Path.of("").toAbsolutePath(), command)) {
            for (int i = 0; i < 6; i++) {
                assertThat(parent.awaitLine(FewThreadsParent.SETTLED)).isNotEmpty();
            }
            assertThat(parent.awaitLine(FewThreadsParent.AFTERWARDS))
                    .isEqualTo(FewThreadsParent.WELL);
            assertThat(parent.awaitLine(FewThreadsParent.PROCESSES)).isEqualTo("0");
            assertThat(parent.awaitExit()).isZero();
        }
    }
}
