package dev.procession.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.procession.bench.machine.CpuTimes.Times;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadReadingTest {

    private static final long TICK_NANOS = 10_000_000;
    private static final CpuTimes NOTHING = new CpuTimes(Map.of());

    private static CpuTimes own(long ticks) {
        return new CpuTimes(Map.of(1L, new Times(ticks * TICK_NANOS, ticks * TICK_NANOS, 0)));
    }

    @Test
    void shouldReadTheSumOfAllProcessors() {
        LoadReading reading =
                LoadReading.parse("cpu  10 1 20 60 4 2 3 5 8 8\ncpu0 1 2 3\n", NOTHING);

        assertThat(reading.totalNanos()).isEqualTo(105 * TICK_NANOS);
        assertThat(reading.busyNanos()).isEqualTo(36 * TICK_NANOS);
        assertThat(reading.stolenNanos()).isEqualTo(5 * TICK_NANOS);
    }

    @Test
    void shouldCountTheTimeOfOthersAndOfTheHypervisor() {
        LoadReading before = LoadReading.parse("cpu 0 0 0 0 0 0 0 0\n", own(0));
        LoadReading after = LoadReading.parse("cpu 50 0 10 30 0 0 0 10\n", own(40));

        assertThat(after.foreignShare(before)).isCloseTo(0.3, within(1e-9));
    }

    @Test
    void shouldNotCountOwnTime() {
        LoadReading before = LoadReading.parse("cpu 0 0 0 0 0 0 0 0\n", own(0));
        LoadReading after = LoadReading.parse("cpu 50 0 0 50 0 0 0 0\n", own(51));

        assertThat(after.foreignShare(before)).isZero();
        assertThat(before.foreignShare(before)).isZero();
    }

    @Test
    void shouldMarkComparisonsThatWereMeasuredBesideOthers() {
        assertThat(Surroundings.of(List.of(0.0, 0.2, 0.3), 1, "").describe())
                .contains("not quiet", "20 %");
        assertThat(Surroundings.of(List.of(0.0, 0.05, 0.9), 1, "Here.").describe())
                .isEqualTo("Here.");
    }
}
