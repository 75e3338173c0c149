package dev.procession.bench.race;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.procession.bench.machine.Surroundings;
import dev.procession.bench.statistics.Numbers;
import dev.procession.bench.statistics.Ratio;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The results of all rivals in a comparison.
 *
 * @param effort the effort it was run with
 * @param surroundings the conditions meanwhile
 * @param standings one for each rival, in the order of the comparison
 */
public record ComparisonResult(
        String name,
        String question,
        String unit,
        boolean lowerIsBetter,
        Effort effort,
        Surroundings surroundings,
        List<Standing> standings) {

    /** The ratios of each rival but the first to the first one. */
    @JsonProperty
    List<Ratio> ratios() {
        String baseline = standings.get(0).rival();
        return standings.stream()
                .skip(1)
                .filter(standing -> !standing.figures().isEmpty())
                .map(standing -> ratio(standing.rival(), baseline, ""))
                .toList();
    }

    /**
     * The ratio of two rivals.
     *
     * @param detail the name of the detail; empty for the figure that is compared
     */
    public Ratio ratio(String rival, String to, String detail) {
        return Ratio.of(rival, figures(rival, detail), to, figures(to, detail));
    }

    /** The medians of a ratio in each pass, to the first rival. */
    public List<Double> ratiosByPass(String rival) {
        List<Double> all = ratio(rival, standings.get(0).rival(), "").rounds();
        return IntStream.range(0, effort.passes())
                .mapToObj(
                        pass ->
                                Numbers.median(
                                        all.stream()
                                                .skip(effort.roundsBefore(pass))
                                                .limit(
                                                        effort.roundsBefore(pass + 1)
                                                                - effort.roundsBefore(pass))
                                                .mapToDouble(Double::doubleValue)))
                .toList();
    }

    /** A rival's figures, one for each round that it took part in. */
    public List<Double> figures(String rival, String detail) {
        return standings.stream()
                .filter(standing -> standing.rival().equals(rival))
                .flatMap(standing -> standing.figures().stream())
                .map(figure -> detail.isEmpty() ? figure.value() : figure.details().get(detail))
                .filter(Objects::nonNull)
                .toList();
    }

    boolean isSkipped(String rival) {
        return standings.stream()
                .anyMatch(
                        standing ->
                                standing.rival().equals(rival) && !standing.skipped().isEmpty());
    }

    boolean hasFailed(String rival) {
        return standings.stream()
                .anyMatch(
                        standing ->
                                standing.rival().equals(rival) && !standing.failure().isEmpty());
    }
}
