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
        return median(rival) / median(to);
    }

    private double median(String rival) {
        return standings.stream()
                .filter(standing -> standing.rival().equals(rival))
                .mapToDouble(Standing::median)
                .findFirst()
                .orElse(Double.NaN);
    }
}
