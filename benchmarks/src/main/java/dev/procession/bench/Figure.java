package dev.procession.bench;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What one rival reached in one round.
 *
 * @param value the figure that is compared
 * @param details further ones by name, such as {@code p99}; in the same unit
 */
record Figure(double value, Map<String, Double> details) {

    private static final double NANOS_PER_MICRO = 1_000;

    static Figure of(double value) {
        return new Figure(value, Map.of());
    }

    /** The median of latencies in nanoseconds, as microseconds, with other percentiles. */
    static Figure ofLatencies(Histogram nanos) {
        Map<String, Double> details = new TreeMap<>();
        for (int percentile : new int[] {50, 90, 99}) {
            details.put("p" + percentile, nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO);
        }
        details.put("max", nanos.getMaxValue() / NANOS_PER_MICRO);
        return new Figure(nanos.getValueAtPercentile(50) / NANOS_PER_MICRO, details);
    }
}
