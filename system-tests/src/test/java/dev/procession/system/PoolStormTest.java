package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import dev.procession.system.program.PoolStormProgram;
import dev.procession.system.program.PoolStormProgram.Surroundings;
import dev.procession.testing.PrivateMounts;
import dev.procession.testing.Scale;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import dev.procession.testing.ThreadShortage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kind of fault at the same time, among many tasks without a fault: in a program of its own,
 * whose heap is small, whose shared memory becomes full now and then, or which gets no threads.
 */
@SystemTest
@Timeout(400)
class PoolStormTest {

    private static final String SHARED_MEMORY = "/dev/shm";
    private static final int SHARED_MEMORY_KIB = 128 << 10;

    /** Of one user: enough for the program, its workers and those that start. */
    private static final int THREADS = 350;

    private static final int FEWEST_FAULTS = 20;
    private static final long MOST_MEMORY_KIB = 1536 << 10;
    private static final Duration BOUND = Duration.ofSeconds(Scale.times(360, 7000));

    @TempDir Path directory;

    private static int faults(int share) {
        int all = Integer.getInteger("procession.faults", Scale.times(60, 5000));
        return Math.max(FEWEST_FAULTS, all / share);
    }

    /** One long storm, and two of a tenth with other seeds. */
    @ParameterizedTest(name = "{index}: 1/{0}")
    @ValueSource(ints = {1, 10, 10})
    void shouldSettleEachFutureOnceAndCorrectlyUnderAllFaults(int share, Random random)
            throws Exception {
        boolean mounts = PrivateMounts.arePermitted();
        Surroundings surroundings = mounts ? Surroundings.FULL_MEMORY : Surroundings.CALM;
        List<String> command =
                TestProgram.command(
                        PoolStormProgram.FLAGS,
                        PoolStormProgram.class,
                        Long.toString(random.nextLong()),
                        Integer.toString(faults(share)),
                        surroundings.name());
        assertSurvives(
                mounts
                        ? PrivateMounts.around(
                                ImmutableMap.of(SHARED_MEMORY, SHARED_MEMORY_KIB), command)
                        : command);
    }

    @Test
    void shouldSettleEachFutureOnceThoughThereAreNoThreadsNowAndThen(Random random)
            throws Exception {
        assertSurvives(
                ThreadShortage.command(
                        directory,
                        THREADS,
                        PoolStormProgram.class,
                        Long.toString(random.nextLong()),
                        Integer.toString(faults(10)),
                        Surroundings.FEW_THREADS.name()));
    }

    private void assertSurvives(List<String> command) throws Exception {
        try (TestProgram program = TestProgram.start(directory, command)) {
            assertThat(program.awaitExit(BOUND)).as(program.text()).isZero();
            String storm = program.awaitLine(PoolStormProgram.SURVIVED);
            String peak = program.awaitLine(PoolStormProgram.PEAK_KIB);
            assertThat(Long.parseLong(peak)).as("peak memory").isLessThan(MOST_MEMORY_KIB);
            assertThat(program.lines())
                    .noneMatch(line -> line.startsWith(PrivateMounts.LEFTOVER))
                    .noneMatch(line -> line.contains("cannot go on"));
            assertThat(SessionFiles.directoriesOf(program.pid())).isEmpty();
            System.out.printf("system-tests: storm in a pool: %s, peak KiB=%s%n", storm, peak);
        }
    }
}
