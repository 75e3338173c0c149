package dev.procession.bench;

import static org.assertj.core.api.Assertions.assertThat;

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
                new Growth.Result(
                        "grown",
                        "",
                        "bytes",
                        "s",
                        1,
                        List.of(
                                new Growth.Point(1, 0.5, 0.5, 0.5),
                                new Growth.Point(1000, 70, 70, 70)));

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

    private static Standing standing(String rival, double value) {
        return new Standing(rival, "1", 1, List.of(Figure.of(value)), "", "");
    }
}
