package dev.procession.bench;

import java.util.Locale;

/**
 * A limit to how much worse than a rival Procession may be.
 *
 * @param comparison the name of the comparison
 * @param ours the name of the rival that is ours
 * @param rival the name of the one to compare with
 * @param maxRatio the greatest ratio of our median to the other's
 * @param says the promise in words
 */
record Bar(String comparison, String ours, String rival, double maxRatio, String says) {

    /** Judges a comparison; where one of the two has no figures, the bar does not hold. */
    Verdict judge(ComparisonResult result) {
        double ratio = result.ratio(ours, rival);
        return new Verdict(comparison, ours, rival, maxRatio, ratio, ratio <= maxRatio, says);
    }

    /**
     * What became of a bar.
     *
     * @param ratio the measured one; NaN if it could not be measured
     */
    record Verdict(
            String comparison,
            String ours,
            String rival,
            double maxRatio,
            double ratio,
            boolean holds,
            String says) {

        String describe() {
            return String.format(
                    Locale.ROOT,
                    "%s: %s / %s = %s, limit %.2f: %s",
                    comparison,
                    ours,
                    rival,
                    Double.isNaN(ratio) ? "not measured" : Numbers.shown(ratio),
                    maxRatio,
                    holds ? "holds" : "DOES NOT HOLD");
        }
    }
}
