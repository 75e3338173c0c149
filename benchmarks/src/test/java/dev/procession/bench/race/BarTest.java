package dev.procession.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.bench.machine.Surroundings;
import dev.procession.bench.race.Bar.BarResult;
import dev.procession.bench.race.Bar.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarTest {

    private static final Bar BAR = new Bar("test", "ours", "theirs", 1.0, "no slower");

    private static BarResult judge(List<Double> ours) {
        return BAR.judge(
                new ComparisonResult(
                        "test",
                        "",
                        "s",
                        true,
                        new Effort(ours.size(), 1, 0),
                        Surroundings.UNKNOWN,
                        List.of(
                                standing("theirs", Collections.nCopies(ours.size(), 1.0)),
                                standing("ours", ours))));
    }

    private static Standing standing(String rival, List<Double> values) {
        return new Standing(rival, "1", 1, values.stream().map(Figure::of).toList(), "", "");
    }

    private static List<Double> values(int some, double each, int others, double other) {
        List<Double> values = new ArrayList<>(Collections.nCopies(some, each));
        values.addAll(Collections.nCopies(others, other));
        return values;
    }

    @Test
    void shouldJudgeTheStateWithMostRounds() {
        BarResult fast = judge(values(7, 0.5, 4, 2.0));
        assertThat(fast.outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(fast.describe())
                .contains("0.500 (64 %) / 2.00 (36 %)")
                .contains("holds, within the limit: one of two states");

        BarResult slow = judge(values(4, 0.5, 7, 2.0));
        assertThat(slow.outcome()).isEqualTo(Outcome.FAILS);
        assertThat(slow.measured()).isEqualTo(2);
    }

    @Test
    void shouldJudgeTheWorseOfTwoEqualStates() {
        assertThat(judge(values(5, 0.5, 5, 2.0)).outcome()).isEqualTo(Outcome.FAILS);
    }

    @Test
    void shouldReportThatBothStatesHold() {
        assertThat(judge(values(5, 0.2, 5, 0.9)).describe()).contains("both states");
    }

    @Test
    void shouldShowTheIntervalOfOneState() {
        BarResult barResult = judge(List.of(0.90, 0.91, 0.92, 0.93, 0.94, 0.95));

        assertThat(barResult.describe()).contains("0.925 (0.900–0.950), limit 1.00: holds");
    }
}
