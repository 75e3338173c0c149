package dev.procession.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.procession.bench.machine.Machine;
import dev.procession.bench.micro.MicroResult;
import dev.procession.bench.race.Bar.BarResult;
import dev.procession.bench.race.ComparisonResult;
import dev.procession.bench.race.Growth;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/**
 * All results of one call of {@code ./bench}; the JSON has the same shape.
 *
 * @param started when it began, in UTC
 * @param seed the seed of the orders of the rivals
 * @param barResults empty unless bars were asked for
 */
public record Run(
        String started,
        Machine machine,
        long seed,
        boolean quick,
        List<ComparisonResult> comparisons,
        List<Growth.Result> growth,
        List<MicroResult> micro,
        List<BarResult> barResults) {

    /** The note on quick rounds, wherever their results are shown. */
    public static final String QUICK_NOTE =
            "Quick: these rounds are too few and too short to decide anything.";

    /** A warning about the figures; empty if there is none. */
    @JsonProperty
    String note() {
        return quick ? QUICK_NOTE : "";
    }

    public static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    public boolean hasFailures() {
        return Stream.concat(
                        comparisons.stream(),
                        growth.stream()
                                .flatMap(each -> each.points().stream())
                                .map(Growth.Point::result))
                .flatMap(comparison -> comparison.standings().stream())
                .anyMatch(standing -> !standing.failure().isEmpty());
    }

    public boolean holdsAllBars() {
        return barResults.stream().allMatch(BarResult::holds);
    }
}
