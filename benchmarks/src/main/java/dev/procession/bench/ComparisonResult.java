package dev.procession.bench;

import java.util.List;

/**
 * Who reached what in a comparison.
 *
 * @param effort the effort it was run with
 * @param standings one for each rival, in the order of the comparison
 */
record ComparisonResult(
        String name,
        String question,
        String unit,
        boolean lowerIsBetter,
        Effort effort,
        List<Standing> standings) {

    /** The ratio of two medians; NaN if one of the rivals has none. */
    double ratio(String rival, String to) {
        return median(rival, "") / median(to, "");
    }

    /**
     * A rival's median; NaN if there is none.
     *
     * @param detail of which detail; empty for the figure that is compared
     */
    double median(String rival, String detail) {
        return standings.stream()
                .filter(standing -> standing.rival().equals(rival))
                .mapToDouble(
                        standing ->
                                detail.isEmpty() ? standing.median() : standing.medianOf(detail))
                .findFirst()
                .orElse(Double.NaN);
    }

    boolean isSkipped(String rival) {
        return standings.stream()
                .anyMatch(
                        standing ->
                                standing.rival().equals(rival) && !standing.skipped().isEmpty());
    }
}
