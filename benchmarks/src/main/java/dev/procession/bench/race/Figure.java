package dev.procession.bench.race;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The result of one rival in one round.
 *
 * @param value the figure that is compared
 * @param details further figures by name: percentiles such as {@code p99} in the same unit, and
 *     those that the constants name
 */
public record Figure(double value, Map<String, Double> details) {

    /**
     * Microseconds of processor time for one piece of work: of this JVM and of the processes that
     * the rival has started.
     */
    public static final String CPU = "cpuMicros";

    /** The part of that time which the rival's server took; absent if it has none. */
    public static final String SERVER_CPU = "serverCpuMicros";

    /** Bytes of the server's heap for an entry that it stores; absent if that is not measured. */
    public static final String ENTRY_BYTES = "bytesAnEntry";

    /**
     * All of the processor time for the time that the round took: how many processors were busy.
     */
    public static final String PROCESSORS = "processors";

    /** How many processors the processes of the other rivals took, which should be idle. */
    public static final String IDLE_PROCESSORS = "idleRivalsProcessors";

    /** Mebibytes of the processes that the rival has started. */
    public static final String MEMORY = "memoryMiB";

    private static final double NANOS_PER_MICRO = 1_000;
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};

    public static Figure of(double value) {
        return new Figure(value, Map.of());
    }

    /** The median of latencies in nanoseconds, as microseconds, with other percentiles. */
    public static Figure ofLatencies(Histogram nanos) {
        Map<String, Double> details = new TreeMap<>();
        for (double percentile : PERCENTILES) {
            String name = "p" + (percentile % 1 == 0 ? "" + (int) percentile : "" + percentile);
            details.put(name, nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO);
        }
        details.put("max", nanos.getMaxValue() / NANOS_PER_MICRO);
        return new Figure(nanos.getValueAtPercentile(50) / NANOS_PER_MICRO, details);
    }

    /** The same with one more detail. */
    public Figure with(String detail, double figure) {
        Map<String, Double> all = new TreeMap<>(details);
        all.put(detail, figure);
        return new Figure(value, all);
    }
}
