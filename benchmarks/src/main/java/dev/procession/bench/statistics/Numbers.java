package dev.procession.bench.statistics;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Medians, and numbers in readable form. */
public final class Numbers {

    private Numbers() {}

    /** The middle one, or the mean of the two in the middle; NaN if there is none. */
    public static double median(DoubleStream values) {
        double[] sorted = values.toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Formats a number with about three significant digits. */
    public static String shown(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
