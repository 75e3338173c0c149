package dev.procession.bench.race;

import dev.procession.bench.statistics.Interval;
import dev.procession.bench.statistics.Numbers;
import dev.procession.bench.statistics.States;
import dev.procession.bench.statistics.States.State;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A limit to the ratio of Procession's figure to a rival's, or to Procession's figure alone.
 *
 * <p>The bar judges the median of the rounds' ratios. If the rounds are in two states, it judges
 * the state with most rounds; if both have equally many, the worse one. The {@link BarResult} shows
 * both.
 *
 * @param comparison the name of the comparison
 * @param ours the name of the rival that is ours
 * @param rival the name of the one to compare with; empty if {@code limit} is a figure by itself
 * @param detail which figure of both is meant, such as {@code p99}; empty for the compared one
 * @param limit the greatest ratio of ours to the other's, or the greatest median
 * @param says the promise in words
 */
public record Bar(
        String comparison, String ours, String rival, String detail, double limit, String says) {

    /** A limit to the ratio of the compared figures. */
    public Bar(String comparison, String ours, String rival, double maxRatio, String says) {
        this(comparison, ours, rival, "", maxRatio, says);
    }

    /** A limit in the unit of the comparison. */
    public static Bar absolute(String comparison, String ours, double limit, String says) {
        return new Bar(comparison, ours, "", "", limit, says);
    }

    /** A limit to the ratio of the 99th percentiles. */
    public static Bar ofTails(
            String comparison, String ours, String rival, double maxRatio, String says) {
        return new Bar(comparison, ours, rival, "p99", maxRatio, says);
    }

    /** Judges a comparison; where one of the two has failed, the bar does not hold. */
    public BarResult judge(ComparisonResult result) {
        List<Double> measured =
                rival.isEmpty()
                        ? result.figures(ours, detail)
                        : result.ratio(ours, rival, detail).rounds();
        double[] rounds = measured.stream().mapToDouble(Double::doubleValue).toArray();
        States states = States.of(rounds);
        double judged =
                states.states().stream()
                        .max(Comparator.comparing(State::share).thenComparing(State::median))
                        .map(State::median)
                        .orElse(Double.NaN);
        Outcome outcome = judged <= limit ? Outcome.HOLDS : Outcome.FAILS;
        if (result.hasFailed(ours) || result.hasFailed(rival)) {
            outcome = Outcome.FAILS;
        }
        if (result.isSkipped(ours) || result.isSkipped(rival)) {
            outcome = Outcome.SKIPPED;
        }
        return new BarResult(
                comparison,
                ours,
                rival,
                detail,
                limit,
                judged,
                Interval.ofMedian(rounds),
                states,
                outcome,
                says);
    }

    /** The possible results of a bar. */
    enum Outcome {
        /** The measured value is within the limit. */
        HOLDS("holds"),
        /** It is not, or could not be measured although the rival is installed. */
        FAILS("DOES NOT HOLD"),
        /** The rival is not installed here. */
        SKIPPED("skipped");

        private final String shown;

        Outcome(String shown) {
            this.shown = shown;
        }

        public String shown() {
            return shown;
        }
    }

    /**
     * The result of a bar.
     *
     * @param measured the ratio, or the figure, that was judged; NaN if it could not be measured
     * @param interval where the median of the rounds lies with a confidence of 95 %
     * @param states the states that the rounds were in
     */
    public record BarResult(
            String comparison,
            String ours,
            String rival,
            String detail,
            double limit,
            double measured,
            Interval interval,
            States states,
            Outcome outcome,
            String says) {

        public boolean holds() {
            return outcome != Outcome.FAILS;
        }

        /** The measured value, in readable form. */
        public String shown() {
            if (Double.isNaN(measured)) {
                return "not measured";
            }
            return states.areTwo()
                    ? states.shown()
                    : Numbers.shown(measured) + " (" + interval.shown() + ")";
        }

        /** The result, and that of each state if there are two. */
        public String shownOutcome() {
            if (!states.areTwo() || outcome == Outcome.SKIPPED) {
                return outcome.shown();
            }
            long within = states.medians().filter(median -> median <= limit).count();
            String others =
                    within == 2 ? "both states" : within == 1 ? "one of two states" : "no state";
            return outcome.shown() + ", within the limit: " + others;
        }

        public String describe() {
            return String.format(
                    Locale.ROOT,
                    "%s: %s%s%s = %s, limit %s: %s",
                    comparison,
                    ours,
                    rival.isEmpty() ? "" : " / " + rival,
                    detail.isEmpty() ? "" : " by " + detail,
                    shown(),
                    Numbers.shown(limit),
                    shownOutcome());
        }
    }
}
