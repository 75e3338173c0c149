package dev.procession.bench.race;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.procession.bench.statistics.Numbers;
import dev.procession.bench.statistics.States;
import java.util.List;

/**
 * The results of a rival in all rounds.
 *
 * @param rival its name
 * @param version the version that was measured; empty if it is unknown
 * @param amount how much work each round was
 * @param figures one for each round, in their order
 * @param skipped why it did not take part; empty if it did
 * @param failure the failure; empty if there was none
 */
public record Standing(
        String rival,
        String version,
        int amount,
        List<Figure> figures,
        String skipped,
        String failure) {

    @JsonProperty
    public double median() {
        return Numbers.median(figures.stream().mapToDouble(Figure::value));
    }

    /** The states that the rounds were in. */
    @JsonProperty
    public States states() {
        return States.of(figures.stream().mapToDouble(Figure::value).toArray());
    }

    @JsonProperty
    public double min() {
        return figures.stream().mapToDouble(Figure::value).min().orElse(Double.NaN);
    }

    @JsonProperty
    public double max() {
        return figures.stream().mapToDouble(Figure::value).max().orElse(Double.NaN);
    }

    /** The median of a detail over the rounds; NaN if there is none of that name. */
    public double medianOf(String detail) {
        return Numbers.median(
                figures.stream()
                        .filter(figure -> figure.details().containsKey(detail))
                        .mapToDouble(figure -> figure.details().get(detail)));
    }
}
