package dev.procession.monitor.command;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How the command writes sizes, times and names. */
final class Words {

    private static final long UNIT = 1024;
    private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB"};

    /** Below it a number has one digit behind its point. */
    private static final double FEW = 10;

    private Words() {}

    /** Such as {@code 812 B} and {@code 1.3 GB}. */
    static String bytes(long bytes) {
        if (bytes < UNIT) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= UNIT && unit + 1 < UNITS.length) {
            size /= UNIT;
            unit++;
        }
        return String.format(Locale.ROOT, size < FEW ? "%.1f %s" : "%.0f %s", size, UNITS[unit]);
    }

    /** Such as {@code 0.3s}, {@code 2m05s}, {@code 3h02m} and {@code 4d01h}. */
    static String time(double seconds) {
        if (seconds < TimeUnit.MINUTES.toSeconds(1)) {
            return String.format(Locale.ROOT, seconds < FEW ? "%.1fs" : "%.0fs", seconds);
        }
        long whole = (long) seconds;
        long minutes = TimeUnit.SECONDS.toMinutes(whole);
        if (minutes < TimeUnit.HOURS.toMinutes(1)) {
            return two("%dm%02ds", minutes, whole, TimeUnit.MINUTES.toSeconds(1));
        }
        long hours = TimeUnit.SECONDS.toHours(whole);
        if (hours < TimeUnit.DAYS.toHours(1)) {
            return two("%dh%02dm", hours, minutes, TimeUnit.HOURS.toMinutes(1));
        }
        return two("%dd%02dh", TimeUnit.HOURS.toDays(hours), hours, TimeUnit.DAYS.toHours(1));
    }

    private static String two(String format, long large, long small, long part) {
        return String.format(Locale.ROOT, format, large, small % part);
    }

    /** Such as {@code 12,345}. */
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Such as {@code 1 worker} and {@code 12 workers}. */
    static String count(long count, String one, String many) {
        return count(count) + " " + (count == 1 ? one : many);
    }

    /** Such as {@code 0.4} and {@code 12,345}. */
    static String rate(double perSecond) {
        return String.format(
                Locale.ROOT, perSecond > 0 && perSecond < FEW ? "%.1f" : "%,.0f", perSecond);
    }

    /** A name that a user gave, as one line that cannot steer a terminal. */
    static String safe(@Nullable String name) {
        if (name == null) {
            return "";
        }
        StringBuilder safe = new StringBuilder(name.length());
        name.codePoints()
                .forEach(
                        point ->
                                safe.appendCodePoint(
                                        Character.isISOControl(point)
                                                        || Character.getType(point)
                                                                == Character.FORMAT
                                                        || Character.getType(point)
                                                                == Character.LINE_SEPARATOR
                                                        || Character.getType(point)
                                                                == Character.PARAGRAPH_SEPARATOR
                                                        || Character.getType(point)
                                                                == Character.SURROGATE
                                                ? '?'
                                                : point));
        return safe.toString();
    }

    /**
     * Text of several lines, such as a stack, in which nothing but their ends steers a terminal.
     */
    static String safeLines(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (String line : text.split("\n", -1)) {
            safe.append(safe(line.replace("\t", "    "))).append('\n');
        }
        return safe.toString().stripTrailing();
    }
}
