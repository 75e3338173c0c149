package dev.procession.bench;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What one rival reached in one round.
 *
 * @param value the figure that is compared
 * @param details further ones by name: percentiles such as {@code p99} in the same unit, and what
 *     {@link #CPU} and {@link #MEMORY} name
 */
record Figure(double value, Map<String, Double> details) {

    /** Microseconds of processor time, of all processes together, for one piece of work. */
    static final String CPU = "cpuMicros";

    /** Mebibytes of the processes that the rival has started. */
    static final String MEMORY = "memoryMiB";

    private static final double NANOS_PER_MICRO = 1_000;
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};

    static Figure of(double value) {
        return new Figure(value, Map.of());
    }

    /** The median of latencies in nanoseconds, as microseconds, with other percentiles. */
    static Figure ofLatencies(Histogram nanos) {
        Map<String, Double> details = new TreeMap<>();
        for (double percentile : PERCENTILES) {
            String name = "p" + (percentile % 1 == 0 ? "" + (int) percentile : "" + percentile);
            details.put(name, nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO);
        }
        details.put("max", nanos.getMaxValue() / NANOS_PER_MICRO);
        return new Figure(nanos.getValueAtPercentile(50) / NANOS_PER_MICRO, details);
    }

    /** The same with one more detail. */
    Figure with(String detail, double figure) {
        Map<String, Double> all = new TreeMap<>(details);
        all.put(detail, figure);
        return new Figure(value, all);
    }
}
