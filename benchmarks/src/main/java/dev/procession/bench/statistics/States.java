package dev.procession.bench.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * The states that the values of a comparison's rounds are in: one, or two that are far apart.
 *
 * <p>A machine may run a row in one of two states for some rounds each, for instance as a
 * hypervisor places two processors on one core or on two. Then the median of all rounds is a value
 * that no round has, and depends on the shares of the two states. So both medians are given.
 *
 * @param states one or two, in the order of their medians; none if there is no value
 */
public record States(List<State> states) {

    /** How far apart the medians of two states are at least; less is the noise of one. */
    static final double LEAST_FACTOR = 1.5;

    /** How many rounds a state has at least; fewer are outliers. */
    static final int LEAST_ROUNDS = 4;

    /** The share of the rounds that a state has at least; fewer are outliers. */
    static final double LEAST_SHARE = 0.15;

    /** How much farther apart two states are than the middle half of either is wide. */
    static final double LEAST_GAP_TO_SPREAD = 3;

    private static final double PERCENT = 100;

    /**
     * A state.
     *
     * @param median the median of the values that are in it
     * @param share the share of the values that are in it
     */
    public record State(double median, double share) {}

    /** Finds the states of some values, which are positive unless they are in one state. */
    public static States of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        if (sorted.length == 0) {
            return new States(List.of());
        }
        int least = Math.max(LEAST_ROUNDS, (int) Math.ceil(LEAST_SHARE * sorted.length));
        int split = sorted[0] > 0 ? nearest(sorted, split(sorted, least)) : 0;
        if (split >= least && sorted.length - split >= least) {
            State low = state(sorted, 0, split);
            State high = state(sorted, split, sorted.length);
            double spread =
                    Math.max(spread(sorted, 0, split), spread(sorted, split, sorted.length));
            double gap = Math.log(high.median / low.median);
            if (gap >= Math.log(LEAST_FACTOR) && gap >= LEAST_GAP_TO_SPREAD * spread) {
                return new States(List.of(low, high));
            }
        }
        return new States(List.of(state(sorted, 0, sorted.length)));
    }

    /**
     * Where the upper part of the values begins: the logarithms of both parts have the least sum of
     * squared distances from their means. 0 if there are too few values for two parts.
     */
    private static int split(double[] sorted, int least) {
        double[] logs = Arrays.stream(sorted).map(Math::log).toArray();
        int best = 0;
        double bestSquares = Double.POSITIVE_INFINITY;
        for (int split = least; split <= sorted.length - least; split++) {
            double squares = squares(logs, 0, split) + squares(logs, split, logs.length);
            if (squares < bestSquares) {
                bestSquares = squares;
                best = split;
            }
        }
        return best;
    }

    /**
     * The same split, but each value is in the part whose median is nearer. Otherwise a part of few
     * outliers would be filled up with values of the other one.
     */
    private static int nearest(double[] sorted, int split) {
        if (split == 0) {
            return 0;
        }
        double low = Numbers.median(Arrays.stream(sorted, 0, split));
        double high = Numbers.median(Arrays.stream(sorted, split, sorted.length));
        return (int) Arrays.stream(sorted).filter(value -> value * value <= low * high).count();
    }

    private static double squares(double[] values, int from, int to) {
        double mean = Arrays.stream(values, from, to).average().orElseThrow();
        return Arrays.stream(values, from, to).map(value -> (value - mean) * (value - mean)).sum();
    }

    private static State state(double[] sorted, int from, int to) {
        return new State(
                Numbers.median(Arrays.stream(sorted, from, to)),
                (double) (to - from) / sorted.length);
    }

    /** How wide the middle half of a part is, as a logarithm. */
    private static double spread(double[] sorted, int from, int to) {
        int quarter = (to - from) / 4;
        return Math.log(sorted[to - 1 - quarter] / sorted[from + quarter]);
    }

    public boolean areTwo() {
        return states.size() == 2;
    }

    /** The medians in readable form, with shares if there are two. */
    public String shown() {
        if (!areTwo()) {
            return Numbers.shown(Numbers.median(states.stream().mapToDouble(State::median)));
        }
        return states.stream()
                .map(
                        state ->
                                String.format(
                                        Locale.ROOT,
                                        "%s (%.0f %%)",
                                        Numbers.shown(state.median),
                                        state.share * PERCENT))
                .collect(Collectors.joining(" / "));
    }

    /** The medians of the states. */
    public DoubleStream medians() {
        return states.stream().mapToDouble(State::median);
    }
}
