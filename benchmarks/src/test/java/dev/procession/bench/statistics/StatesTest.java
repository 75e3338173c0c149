package dev.procession.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.procession.bench.statistics.States.State;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class StatesTest {

    private static double[] noisy(long seed, int count, double around, double deviation) {
        Random random = new Random(seed);
        return DoubleStream.generate(() -> around * Math.exp(deviation * random.nextGaussian()))
                .limit(count)
                .toArray();
    }

    private static double[] both(double[] some, double[] others) {
        return DoubleStream.concat(Arrays.stream(some), Arrays.stream(others)).toArray();
    }

    @Test
    void shouldFindOneStateInNoiseOfAnyWidth() {
        for (long seed = 0; seed < 200; seed++) {
            for (double deviation : new double[] {0.02, 0.2, 0.8}) {
                assertThat(States.of(noisy(seed, 61, 1, deviation)).areTwo()).isFalse();
            }
        }
    }

    @Test
    void shouldFindOneStateInValuesThatAreSpreadEvenly() {
        double[] values = DoubleStream.iterate(1, value -> value * 1.05).limit(61).toArray();

        assertThat(States.of(values).areTwo()).isFalse();
    }

    @Test
    void shouldFindTwoStatesWithTheirShares() {
        States states = States.of(both(noisy(1, 40, 0.7, 0.1), noisy(2, 20, 0.21, 0.1)));

        assertThat(states.areTwo()).isTrue();
        State low = states.states().get(0);
        State high = states.states().get(1);
        assertThat(low.median()).isCloseTo(0.21, within(0.03));
        assertThat(low.share()).isCloseTo(1 / 3.0, within(0.001));
        assertThat(high.median()).isCloseTo(0.7, within(0.1));
        assertThat(high.share()).isCloseTo(2 / 3.0, within(0.001));
    }

    @Test
    void shouldFindTwoStatesBesideSomeValuesBetweenThem() {
        double[] flips = {0.3, 0.4, 0.5};
        double[] values = both(flips, both(noisy(1, 30, 0.7, 0.05), noisy(2, 28, 0.2, 0.05)));

        assertThat(States.of(values).areTwo()).isTrue();
    }

    @Test
    void shouldShowBothStates() {
        States states = States.of(0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.7, 0.7, 0.7, 0.7);

        assertThat(states.shown()).isEqualTo("0.200 (60 %) / 0.700 (40 %)");
    }

    @Test
    void shouldNotTakeOutliersForAState() {
        assertThat(States.of(both(noisy(1, 20, 1, 0.02), new double[] {9, 9, 9})).areTwo())
                .isFalse();
        assertThat(States.of(both(noisy(1, 60, 1, 0.02), noisy(2, 8, 9, 0.02))).areTwo()).isFalse();
    }

    @Test
    void shouldNotSplitStatesThatAreNear() {
        assertThat(States.of(both(noisy(1, 30, 1, 0.01), noisy(2, 30, 1.4, 0.01))).areTwo())
                .isFalse();
    }

    @Test
    void shouldFindOneStateInFewRounds() {
        assertThat(States.of(1, 1, 1, 5, 5, 5, 5).areTwo()).isFalse();
        assertThat(States.of(1, 5).shown()).isEqualTo("3.00");
        assertThat(States.of(4).shown()).isEqualTo("4.00");
        assertThat(States.of().shown()).isEqualTo("–");
    }

    @Test
    void shouldTakeEqualValuesForOneState() {
        assertThat(States.of(2, 2, 2, 2, 2, 2, 2, 2, 2, 2).states())
                .containsExactly(new State(2, 1));
        assertThat(States.of(new double[20]).states()).containsExactly(new State(0, 1));
    }

    @Test
    void shouldFindTwoStatesOfTies() {
        assertThat(States.of(1, 2, 1, 2, 1, 2, 1, 2).states())
                .containsExactly(new State(1, 0.5), new State(2, 0.5));
    }
}
