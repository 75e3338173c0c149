package dev.procession.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.bench.machine.CpuTimes;
import dev.procession.bench.machine.LoadReading;
import dev.procession.bench.machine.QuietWait;
import dev.procession.bench.race.Bar.BarResult;
import dev.procession.bench.race.Bar.Outcome;
import dev.procession.bench.race.ScriptedRival.Trouble;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RaceTest {

    private static final Effort EFFORT = new Effort(20, 1, 0);

    private final List<String> calls = new ArrayList<>();

    private static ComparisonResult run(long seed, Rival... rivals) throws InterruptedException {
        Comparison comparison =
                new Comparison("test", "a test", "s", true, EFFORT, EFFORT, () -> List.of(rivals));
        return run(seed, List.of(comparison)).get(0);
    }

    private static List<ComparisonResult> run(long seed, List<Comparison> comparisons)
            throws InterruptedException {
        PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        QuietWait quiet =
                new QuietWait(
                        nowhere,
                        Duration.ZERO,
                        () -> new LoadReading(0, 0, 0, new CpuTimes(Map.of())),
                        time -> {});
        return new Race(seed, nowhere, quiet, Duration.ZERO, true)
                .run(comparisons, Comparison::full);
    }

    private List<String> ordersOf(long seed) throws InterruptedException {
        calls.clear();
        run(
                seed,
                new ScriptedRival("a", 1, calls, Trouble.NONE),
                new ScriptedRival("b", 2, calls, Trouble.NONE));
        return List.copyOf(calls);
    }

    @Test
    void shouldTakeTurnsInOrdersThatTheSeedRepeats() throws Exception {
        List<String> orders = ordersOf(7);

        assertThat(orders).isEqualTo(ordersOf(7)).isNotEqualTo(ordersOf(8));
        assertThat(Collections.frequency(orders, "a")).isEqualTo(EFFORT.rounds());
        for (int round = 0; round < EFFORT.rounds(); round++) {
            assertThat(orders.subList(2 * round, 2 * round + 2))
                    .containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void shouldGoOnWithoutARivalThatIsNotInstalledOrFails() throws Exception {
        ComparisonResult result =
                run(
                        1,
                        new ScriptedRival("absent", 1, calls, Trouble.NOT_INSTALLED),
                        new ScriptedRival("broken", 1, calls, Trouble.FAILS),
                        new ScriptedRival("well", 1, calls, Trouble.NONE));

        assertThat(result.standings().get(0).skipped()).contains("not found here");
        assertThat(result.standings().get(0).failure()).isEmpty();
        assertThat(result.standings().get(1).failure()).contains("fails for the test");
        assertThat(result.standings().get(2).figures()).hasSize(EFFORT.rounds());
        assertThat(calls).contains("close absent", "close broken", "close well");
    }

    @Test
    void shouldJudgeABarByTheRatio() throws Exception {
        ComparisonResult result =
                run(1, new ScriptedRival("other", 10), new ScriptedRival("ours", 11));

        assertThat(new Bar("test", "ours", "other", 1.1, "").judge(result).holds()).isTrue();
        assertThat(new Bar("test", "ours", "other", 1.0, "").judge(result).holds()).isFalse();
    }

    @Test
    void shouldSkipABarWhoseRivalIsNotInstalled() throws Exception {
        BarResult barResult = judgeBeside(Trouble.NOT_INSTALLED);

        assertThat(barResult.outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(barResult.describe()).contains("not measured").contains("skipped");
    }

    @Test
    void shouldNotHoldABarWhoseRivalFails() throws Exception {
        BarResult barResult = judgeBeside(Trouble.FAILS);

        assertThat(barResult.holds()).isFalse();
        assertThat(barResult.describe()).contains("not measured").contains("DOES NOT HOLD");
    }

    private BarResult judgeBeside(Trouble trouble) throws InterruptedException {
        ComparisonResult result =
                run(1, new ScriptedRival("other", 1, calls, trouble), new ScriptedRival("ours", 1));
        return new Bar("test", "ours", "other", 100, "").judge(result);
    }

    @Test
    void shouldJudgeAnAbsoluteBarByTheFigure() throws Exception {
        ComparisonResult result = run(1, new ScriptedRival("ours", 11));

        assertThat(Bar.absolute("test", "ours", 11, "").judge(result).holds()).isTrue();
        assertThat(Bar.absolute("test", "ours", 10, "").judge(result).holds()).isFalse();
    }

    @Test
    void shouldRunShortRoundsInPassesOverAllComparisons() throws Exception {
        Effort inPasses = new Effort(8, 1, 1, 1, 3);
        List<ComparisonResult> results =
                run(
                        1,
                        List.of(
                                alone(
                                        () -> new ScriptedRival("a", 1, calls, Trouble.NONE),
                                        inPasses),
                                alone(
                                        () -> new ScriptedRival("b", 1, calls, Trouble.NONE),
                                        EFFORT)));

        assertThat(results.get(0).standings().get(0).figures()).hasSize(8);
        assertThat(results.get(0).surroundings().foreignShares()).hasSize(8);
        assertThat(results.get(0).ratiosByPass("a")).containsExactly(1.0, 1.0, 1.0);
        assertThat(results.get(1).standings().get(0).figures()).hasSize(EFFORT.rounds());
        assertThat(calls.indexOf("b")).isBetween(calls.indexOf("close a"), calls.lastIndexOf("a"));
        assertThat(Collections.frequency(calls, "close a")).isEqualTo(3);
    }

    @Test
    void shouldNotOpenARivalAgainThatHasFailed() throws Exception {
        Effort inPasses = new Effort(8, 1, 1, 1, 3);
        run(
                1,
                List.of(
                        alone(
                                () -> new ScriptedRival("broken", 1, calls, Trouble.FAILS),
                                inPasses)));

        assertThat(Collections.frequency(calls, "close broken")).isEqualTo(1);
    }

    private static Comparison alone(Supplier<Rival> rival, Effort effort) {
        return new Comparison(
                "test", "a test", "s", true, effort, effort, () -> List.of(rival.get()));
    }

    @Test
    void shouldReportWhereTheProcessesRan() throws Exception {
        ComparisonResult result = run(1, new ScriptedRival("ours", 11));

        assertThat(result.surroundings().placement()).startsWith("Not pinned:");
        assertThat(result.surroundings().foreignShares()).hasSize(EFFORT.rounds());
    }

    @Test
    void shouldCountProcessorTimeAndMemory() throws Exception {
        ComparisonResult result = run(1, new ScriptedRival("ours", 11));

        assertThat(result.standings().get(0).medianOf(Figure.CPU)).isNotNegative();
        assertThat(result.standings().get(0).medianOf(Figure.MEMORY)).isZero();
    }
}
