package dev.procession.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.machine.Surroundings;
import dev.procession.bench.race.ComparisonResult;
import dev.procession.bench.race.Effort;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Growth;
import dev.procession.bench.race.Standing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotsTest {

    @TempDir private Path directory;

    @Test
    void shouldDrawComparisonsAndGrowths() throws Exception {
        ComparisonResult comparison =
                new ComparisonResult(
                        "compared",
                        "",
                        "s",
                        true,
                        new Effort(1, 1, 0),
                        Surroundings.UNKNOWN,
                        List.of(standing("ours", 0.4), standing("theirs", 80)));
        Growth.Result growth =
                new Growth.Result("grown", "", "bytes", "s", List.of(point(1, 1), point(9, 400)));

        new Plots(directory)
                .write(
                        new Run(
                                Run.now(),
                                Machine.here(),
                                1,
                                true,
                                List.of(comparison),
                                List.of(growth),
                                List.of(),
                                List.of()));

        assertThat(Files.readString(directory.resolve("compared.svg"))).contains("<svg");
        assertThat(Files.readString(directory.resolve("grown.svg"))).contains("<svg");
    }

    private static Growth.Point point(int size, double value) {
        return new Growth.Point(
                size,
                new ComparisonResult(
                        "grown",
                        "",
                        "s",
                        true,
                        new Effort(1, 1, 0),
                        Surroundings.UNKNOWN,
                        List.of(standing("theirs", value), standing("ours", value / 2))));
    }

    @Test
    void shouldShowRivalsOfAGrowthSideBySide() {
        Standing absent = new Standing("theirs", "", 1, List.of(), "not there", "");
        ComparisonResult without =
                new ComparisonResult(
                        "grown",
                        "",
                        "s",
                        true,
                        new Effort(1, 1, 0),
                        Surroundings.UNKNOWN,
                        List.of(absent, standing("ours", 3)));
        List<String> lines =
                new GrowthTable(
                                new Growth.Result(
                                        "grown",
                                        "",
                                        "bytes",
                                        "s",
                                        List.of(point(1, 1), new Growth.Point(9, without))))
                        .lines();

        assertThat(lines)
                .contains(
                        "| bytes | theirs, s | min–max | ours, s | min–max"
                                + " | ours / theirs | 95 % of it |",
                        "| 1 | 1.00 | 1.00–1.00 | 0.500 | 0.500–0.500 | 0.500 | – |",
                        "| 9 | – | ––– | 3.00 | 3.00–3.00 | – | – |",
                        "\nAt 9, theirs: skipped, not there.");
    }

    private static Standing standing(String rival, double value) {
        return new Standing(rival, "1", 1, List.of(Figure.of(value)), "", "");
    }
}
