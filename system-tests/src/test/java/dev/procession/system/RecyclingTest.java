package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.system.program.RecyclingProgram;
import dev.procession.system.program.RecyclingProgram.Reason;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pools at full load that replace their workers all the time, for each reason that there is: what
 * their program uses does not grow. All reasons together take the property {@code
 * procession.recyclingSeconds}, ten minutes in the long form.
 */
@SystemTest
@Timeout(300)
class RecyclingTest {

    private static final int SECONDS =
            Integer.getInteger("procession.recyclingSeconds", Scale.times(15, 600))
                    / Reason.values().length;

    /** A leak of one descriptor, thread or file for each worker shows with half of these. */
    private static final int FEWEST_WORKERS = 40;

    private static final Duration BOUND = Duration.ofSeconds(200 + 2L * SECONDS);

    @TempDir Path working;

    @ParameterizedTest
    @EnumSource
    void shouldKeepMemoryDescriptorsThreadsAndFilesFlat(Reason reason, Random random)
            throws Exception {
        List<String> command =
                TestProgram.command(
                        RecyclingProgram.FLAGS,
                        RecyclingProgram.class,
                        reason.name(),
                        Long.toString(random.nextLong()),
                        Integer.toString(SECONDS),
                        Integer.toString(FEWEST_WORKERS));
        try (TestProgram program = TestProgram.start(working, command)) {
            assertThat(program.awaitExit(BOUND)).as(program.text()).isZero();
            String used = program.awaitLine(RecyclingProgram.USED);
            System.out.printf("system-tests: recycling, %s: %s%n", reason, used);
            assertThat(program.awaitLine(RecyclingProgram.GREW)).as(used).isEmpty();
        }
    }
}
