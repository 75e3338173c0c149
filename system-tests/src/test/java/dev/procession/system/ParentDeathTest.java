package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.system.program.ComputingParent;
import dev.procession.system.program.ComputingParent.Ending;
import dev.procession.system.tool.NextStart;
import dev.procession.testing.Await;
import dev.procession.testing.LiveProcess;
import dev.procession.testing.Scale;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The parent of computing workers ends, in every way that a process can. */
@SystemTest
class ParentDeathTest {

    /** The promised bound. */
    private static final Duration WORKERS_OUTLIVE = Duration.ofSeconds(1);

    /**
     * No bound is promised here: a worker's JVM has to start first, beside others, before it finds
     * that its parent is dead.
     */
    private static final Duration STARTING_WORKERS_OUTLIVE = Duration.ofSeconds(30);

    private static final long START_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    @Test
    @Timeout(600)
    void shouldLeaveNoWorkerWhenParentIsKilledWhileAllCompute() throws Exception {
        Duration longest = Duration.ZERO;
        int rounds = Scale.times(3, 50);
        for (int round = 0; round < rounds; round++) {
            long parentPid;
            try (TestProgram parent = TestProgram.start(ComputingParent.class, "NONE")) {
                parentPid = parent.pid();
                List<LiveProcess> workers = awaitComputing(parent);
                parent.kill();
                longest = longer(longest, awaitDeath(workers, WORKERS_OUTLIVE));
            }
            assertThat(SessionFiles.directoriesOf(parentPid)).isNotEmpty();
            NextStart.assertSweepsUp(parentPid);
        }
        report("parent killed while workers computed", rounds, longest);
    }

    @Test
    @Timeout(600)
    void shouldLeaveNoWorkerWhenParentIsKilledWhileWorkersStart(Random random) throws Exception {
        Duration longest = Duration.ZERO;
        int rounds = Scale.times(10, 200);
        List<Long> parents = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            try (TestProgram parent = TestProgram.start(ComputingParent.class, "NONE")) {
                parents.add(parent.pid());
                parent.awaitLine(ComputingParent.STARTING);
                LockSupport.parkNanos((long) (random.nextDouble() * START_NANOS));
                parent.kill();
            }
            // A forked process may have any command line, or none yet, but not another marker.
            longest =
                    longer(
                            longest,
                            Await.until(
                                    STARTING_WORKERS_OUTLIVE,
                                    () -> marked().isEmpty(),
                                    () -> "no worker is alive, but found: " + marked()));
        }
        NextStart.assertSweepsUp(parents.toArray(Long[]::new));
        report("parent killed while workers started", rounds, longest);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @Timeout(60)
    void shouldLeaveNothingWhenParentEndsByItself(Ending ending) throws Exception {
        try (TestProgram parent = TestProgram.start(ComputingParent.class, ending.name())) {
            List<LiveProcess> workers = awaitComputing(parent);
            parent.write('\n');
            int code = parent.awaitExit();
            awaitDeath(workers, WORKERS_OUTLIVE);
            assertThat(code).as(parent.text()).isEqualTo(ending == Ending.THROW ? 1 : 0);
            if (ending == Ending.HALT) {
                NextStart.assertSweepsUp(parent.pid());
            }
            assertThat(SessionFiles.directoriesOf(parent.pid())).isEmpty();
        }
    }

    @Test
    @Timeout(60)
    void shouldLeaveNothingWhenParentIsTerminated() throws Exception {
        try (TestProgram parent = TestProgram.start(ComputingParent.class, "NONE")) {
            List<LiveProcess> workers = awaitComputing(parent);
            parent.terminate();
            assertThat(parent.awaitExit()).isEqualTo(128 + 15);
            awaitDeath(workers, WORKERS_OUTLIVE);
            assertThat(SessionFiles.directoriesOf(parent.pid())).isEmpty();
        }
    }

    private static List<LiveProcess> awaitComputing(TestProgram parent)
            throws InterruptedException {
        List<LiveProcess> workers = new ArrayList<>();
        while (workers.size() < ComputingParent.WORKERS) {
            String pid = parent.awaitLine(ComputingParent.COMPUTING);
            workers.add(LiveProcess.of(Long.parseLong(pid)));
        }
        return workers;
    }

    private static Duration awaitDeath(List<LiveProcess> workers, Duration bound) {
        return Await.promised(
                bound,
                () -> workers.stream().noneMatch(LiveProcess::isAlive),
                () ->
                        "the workers are dead, but these live: "
                                + workers.stream().filter(LiveProcess::isAlive).toList());
    }

    private static List<LiveProcess> marked() {
        return LiveProcess.matching(text -> text.contains(TestProgram.MARKER));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static void report(String situation, int rounds, Duration longest) {
        System.out.println(
                "system-tests: "
                        + situation
                        + ": rounds="
                        + rounds
                        + ", last worker dead after at most "
                        + longest.toMillis()
                        + " ms");
    }
}
