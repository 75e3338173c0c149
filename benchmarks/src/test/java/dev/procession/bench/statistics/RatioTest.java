package dev.procession.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {

    @Test
    void shouldPairRoundsInsteadOfMedians() {
        // Both are slow in the same rounds, and the ratio stays the same.
        Ratio ratio =
                Ratio.of(
                        "ours",
                        List.of(1.0, 10.0, 1.0, 10.0, 10.0, 1.0),
                        "theirs",
                        List.of(2.0, 20.0, 2.0, 20.0, 20.0, 2.0));

        assertThat(ratio.median()).isEqualTo(0.5);
        assertThat(ratio.interval()).isEqualTo(new Interval(0.5, 0.5));
    }

    @Test
    void shouldPairOnlyRoundsThatBothHave() {
        Ratio ratio = Ratio.of("ours", List.of(1.0, 3.0), "theirs", List.of(1.0, 1.0, 9.0));

        assertThat(ratio.rounds()).containsExactly(1.0, 3.0);
        assertThat(ratio.median()).isCloseTo(2, within(1e-9));
        assertThat(ratio.interval().low()).isNaN();
    }

    @Test
    void shouldHaveNoMedianWithoutRounds() {
        assertThat(Ratio.of("ours", List.of(), "theirs", List.of(1.0)).median()).isNaN();
    }
}
