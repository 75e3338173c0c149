package dev.procession.bench.statistics;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The ratio of a rival's figures to another rival's.
 *
 * <p>Each round gives one ratio, of two figures that were measured right after each other. If the
 * machine is slow for some rounds, it is slow for both, which the ratio of the two medians would
 * ignore.
 *
 * @param rival the rival whose figures are divided
 * @param to the rival by whose figures they are divided
 * @param median the median of the rounds' ratios; NaN if there is none
 * @param interval where the median lies with a confidence of 95 %
 * @param states the states that the rounds' ratios are in
 * @param rounds the ratios, in the order of the rounds that both have
 */
public record Ratio(
        String rival,
        String to,
        double median,
        Interval interval,
        States states,
        List<Double> rounds) {

    /** Pairs the figures of two rivals round by round. */
    public static Ratio of(String rival, List<Double> figures, String to, List<Double> toFigures) {
        List<Double> ratios =
                IntStream.range(0, Math.min(figures.size(), toFigures.size()))
                        .mapToObj(round -> figures.get(round) / toFigures.get(round))
                        .toList();
        double[] values = ratios.stream().mapToDouble(Double::doubleValue).toArray();
        return new Ratio(
                rival,
                to,
                Numbers.median(ratios.stream().mapToDouble(Double::doubleValue)),
                Interval.ofMedian(values),
                States.of(values),
                ratios);
    }
}
