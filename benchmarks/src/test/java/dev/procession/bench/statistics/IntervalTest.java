package dev.procession.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class IntervalTest {

    @Test
    void shouldTakeTheRanksOfTheTables() {
        // As in tables of the sign test; five values cover 93.75 % at most.
        assertThat(Interval.rank(5)).isZero();
        assertThat(Interval.rank(Interval.LEAST_VALUES)).isEqualTo(1);
        assertThat(Interval.rank(9)).isEqualTo(2);
        assertThat(Interval.rank(20)).isEqualTo(6);
        assertThat(Interval.rank(100)).isEqualTo(40);
    }

    @Test
    void shouldReturnOrderStatisticsOfUnsortedValues() {
        assertThat(Interval.ofMedian(9, 1, 8, 2, 7, 3, 6, 4, 5)).isEqualTo(new Interval(2, 8));
        assertThat(Interval.ofMedian(6, 6, 6, 6, 6, 6)).isEqualTo(new Interval(6, 6));
    }

    @Test
    void shouldHaveNoIntervalForFewValues() {
        assertThat(Interval.ofMedian(1, 2, 3, 4, 5).low()).isNaN();
        assertThat(Interval.ofMedian().shown()).isEqualTo("–");
    }

    @Test
    void shouldNotUnderflowWithManyValues() {
        assertThat(Interval.rank(10_000)).isBetween(4_890, 4_910);
    }

    @Test
    void shouldEncloseTheMedianOfASkewedDistributionMostTimes() {
        Random random = new Random(1);
        int enclosed = 0;
        int samples = 2_000;
        for (int i = 0; i < samples; i++) {
            Interval interval =
                    Interval.ofMedian(
                            random.doubles(31).map(uniform -> -Math.log(uniform)).toArray());
            if (interval.low() <= Math.log(2) && Math.log(2) <= interval.high()) {
                enclosed++;
            }
        }
        assertThat((double) enclosed / samples).isBetween(0.94, 0.985);
    }
}
