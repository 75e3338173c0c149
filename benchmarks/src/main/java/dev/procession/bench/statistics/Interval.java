package dev.procession.bench.statistics;

import java.util.Arrays;

/**
 * A confidence interval for a median that assumes nothing about how the values are distributed.
 *
 * <p>Its ends are two of the sorted values: the k-th from below and the k-th from above. The median
 * lies outside them only if fewer than k values lie on one side of it, and their number is binomial
 * with probability one half. The k is the greatest one with which the median lies inside in at
 * least 95 % of all cases; see H. A. David and H. N. Nagaraja, <i>Order Statistics</i>, third
 * edition, section 7.1. It depends only on the number of values: an interval that was chosen as the
 * narrowest pair of the values would cover less than stated.
 *
 * @param low the lower end; NaN if there are too few values
 * @param high the upper end; NaN if there are too few values
 */
public record Interval(double low, double high) {

    /** With fewer values, not even the least and the greatest enclose the median in 95 %. */
    public static final int LEAST_VALUES = 6;

    private static final Interval UNKNOWN = new Interval(Double.NaN, Double.NaN);
    private static final double MOST_OUTSIDE = 0.05;

    /** The interval for the median of the distribution of which the values are a sample. */
    public static Interval ofMedian(double... values) {
        int rank = rank(values.length);
        if (rank == 0) {
            return UNKNOWN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Interval(sorted[rank - 1], sorted[sorted.length - rank]);
    }

    /** The greatest k that covers enough, counted from 1; 0 if none does. */
    static int rank(int count) {
        double logProbability = -count * Math.log(2); // that no value lies on one side
        double below = 0;
        int rank = 0;
        while (2 * rank < count) {
            below += Math.exp(logProbability);
            if (2 * below > MOST_OUTSIDE) {
                break;
            }
            logProbability += Math.log((double) (count - rank) / (rank + 1));
            rank++;
        }
        return rank;
    }

    public String shown() {
        return Double.isNaN(low) ? "–" : Numbers.shown(low) + "–" + Numbers.shown(high);
    }
}
