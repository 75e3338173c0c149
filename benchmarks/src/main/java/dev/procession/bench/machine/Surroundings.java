package dev.procession.bench.machine;

import dev.procession.bench.statistics.Numbers;
import java.util.List;
import java.util.Locale;

/**
 * The conditions under which a comparison was measured.
 *
 * @param foreignShares the share of all processors that others had, in each round
 * @param foreignShare the median of these
 * @param isQuiet whether the rounds count as measured on a quiet machine
 * @param waitedSeconds how long the comparison waited for a quiet machine
 * @param placement which processes had which processors
 */
public record Surroundings(
        List<Double> foreignShares,
        double foreignShare,
        boolean isQuiet,
        double waitedSeconds,
        String placement) {

    private static final double PERCENT = 100;

    /** No conditions are known, for measurements without rounds. */
    public static final Surroundings UNKNOWN = of(List.of(), 0, "");

    /** The machine was quiet if others had little of it in the middle round. */
    public static Surroundings of(
            List<Double> foreignShares, double waitedSeconds, String placement) {
        double median = Numbers.median(foreignShares.stream().mapToDouble(share -> share));
        return new Surroundings(
                List.copyOf(foreignShares),
                median,
                !(median > QuietWait.MOST_FOREIGN),
                waitedSeconds,
                placement);
    }

    /** The remark in the table: where the processes ran, and whether others used the machine. */
    public String describe() {
        return (placement + " " + describeOthers()).strip();
    }

    /** The share of others; empty if the machine was quiet. */
    public String describeOthers() {
        return isQuiet
                ? ""
                : String.format(
                        Locale.ROOT,
                        "**The machine was not quiet**: others took %.0f %% of it in the median"
                                + " round.",
                        foreignShare * PERCENT);
    }
}
