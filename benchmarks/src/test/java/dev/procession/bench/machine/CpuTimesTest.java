package dev.procession.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.bench.machine.CpuTimes.Times;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuTimesTest {

    private static final long MILLI = 1_000_000;

    private static CpuTimes of(long pid, Times times) {
        return new CpuTimes(Map.of(pid, times));
    }

    @Test
    void shouldCountNanosecondsOfThreads() {
        CpuTimes before = of(7, new Times(100 * MILLI, 100 * MILLI, 0));
        CpuTimes after = of(7, new Times(103 * MILLI + 5, 120 * MILLI, 0));

        assertThat(after.nanosSince(before)).isEqualTo(3 * MILLI + 5);
    }

    @Test
    void shouldCountTicksWhereThreadsHaveEnded() {
        CpuTimes before = of(7, new Times(100 * MILLI, 100 * MILLI, 0));
        CpuTimes after = of(7, new Times(60 * MILLI, 150 * MILLI, 0));

        assertThat(after.nanosSince(before)).isEqualTo(50 * MILLI);
    }

    @Test
    void shouldCountANewProcessFromItsStart() {
        CpuTimes before = new CpuTimes(Map.of());

        assertThat(of(8, new Times(5 * MILLI, 0, 0)).nanosSince(before)).isEqualTo(5 * MILLI);
    }

    @Test
    void shouldCountOnlyTheLaterTimeOfAnEndedProcess() {
        CpuTimes before =
                new CpuTimes(
                        Map.of(
                                7L, new Times(0, 0, 20 * MILLI),
                                8L, new Times(30 * MILLI, 30 * MILLI, 0)));
        CpuTimes after = of(7, new Times(0, 0, 100 * MILLI));

        assertThat(after.nanosSince(before)).isEqualTo(50 * MILLI);
    }

    @Test
    void shouldHaveNoTimesOfAProcessThatHasEnded() {
        assertThat(CpuTimes.of(Set.of(Long.MAX_VALUE)).processes()).isEmpty();
    }
}
