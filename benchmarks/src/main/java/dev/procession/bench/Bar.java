package dev.procession.bench;

import java.util.Locale;

/**
 * A limit: to how much worse than a rival Procession may be, or to a figure of its own.
 *
 * @param comparison the name of the comparison
 * @param ours the name of the rival that is ours
 * @param rival the name of the one to compare with; empty if {@code limit} is a figure by itself
 * @param detail which figure of both is meant, such as {@code p99}; empty for the compared one
 * @param limit the greatest ratio of our median to the other's, or the greatest median
 * @param says the promise in words
 */
record Bar(String comparison, String ours, String rival, String detail, double limit, String says) {

    /** A limit to the ratio of two medians. */
    Bar(String comparison, String ours, String rival, double maxRatio, String says) {
        this(comparison, ours, rival, "", maxRatio, says);
    }

    /** A limit in the unit of the comparison. */
    static Bar absolute(String comparison, String ours, double limit, String says) {
        return new Bar(comparison, ours, "", "", limit, says);
    }

    /** A limit to the ratio of two 99th percentiles. */
    static Bar ofTails(String comparison, String ours, String rival, double maxRatio, String says) {
        return new Bar(comparison, ours, rival, "p99", maxRatio, says);
    }

    /** Judges a comparison; where one of the two has failed, the bar does not hold. */
    Verdict judge(ComparisonResult result) {
        double measured = result.median(ours, detail);
        if (!rival.isEmpty()) {
            measured /= result.median(rival, detail);
        }
        Outcome outcome = measured <= limit ? Outcome.HOLDS : Outcome.FAILS;
        if (result.isSkipped(ours) || result.isSkipped(rival)) {
            outcome = Outcome.SKIPPED;
        }
        return new Verdict(comparison, ours, rival, detail, limit, measured, outcome, says);
    }

    /** What can become of a bar. */
    enum Outcome {
        /** What was measured is within the limit. */
        HOLDS("holds"),
        /** It is not, or could not be measured although all was there. */
        FAILS("DOES NOT HOLD"),
        /** The rival is not installed here. */
        SKIPPED("skipped");

        private final String shown;

        Outcome(String shown) {
            this.shown = shown;
        }

        String shown() {
            return shown;
        }
    }

    /**
     * What became of a bar.
     *
     * @param measured the ratio, or the figure; NaN if it could not be measured
     */
    record Verdict(
            String comparison,
            String ours,
            String rival,
            String detail,
            double limit,
            double measured,
            Outcome outcome,
            String says) {

        boolean holds() {
            return outcome != Outcome.FAILS;
        }

        String describe() {
            return String.format(
                    Locale.ROOT,
                    "%s: %s%s%s = %s, limit %s: %s",
                    comparison,
                    ours,
                    rival.isEmpty() ? "" : " / " + rival,
                    detail.isEmpty() ? "" : " by " + detail,
                    Double.isNaN(measured) ? "not measured" : Numbers.shown(measured),
                    Numbers.shown(limit),
                    outcome.shown());
        }
    }
}
