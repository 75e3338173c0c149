package dev.procession.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The work of this machine's processors up to a moment.
 *
 * @param totalNanos all time of all processors, idle or not
 * @param busyNanos the time in which they worked, for any process
 * @param stolenNanos the time in which they had work, and the hypervisor ran something else
 * @param own the processor time of this JVM and its descendants
 */
public record LoadReading(long totalNanos, long busyNanos, long stolenNanos, CpuTimes own) {

    private static final Path STAT = Path.of("/proc/stat");
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 100;
    private static final int IDLE = 3;
    private static final int WAITING_FOR_IO = 4;
    private static final int STOLEN = 7;

    /** The columns after these count the time of guests, which is in the first ones already. */
    private static final int COLUMNS = 8;

    /** The present reading; without /proc, one without any work. */
    static LoadReading now() {
        CpuTimes own = CpuTimes.of(ProcessTree.without(Set.of()));
        try {
            return parse(Files.readString(STAT), own);
        } catch (IOException e) {
            return new LoadReading(0, 0, 0, own); // there is no /proc
        }
    }

    /** Reads the first line of {@code /proc/stat}, the sums of all processors. */
    static LoadReading parse(String stat, CpuTimes own) {
        long[] ticks =
                Arrays.stream(stat.lines().findFirst().orElseThrow().split(" +", -1))
                        .skip(1)
                        .limit(COLUMNS)
                        .mapToLong(Long::parseLong)
                        .toArray();
        long total = Arrays.stream(ticks).sum();
        long busy = total - ticks[IDLE] - ticks[WAITING_FOR_IO] - ticks[STOLEN];
        return new LoadReading(
                total * TICK_NANOS, busy * TICK_NANOS, ticks[STOLEN] * TICK_NANOS, own);
    }

    /**
     * The share of all processors that others had between an earlier reading and this one: other
     * processes of this machine, or other machines of the hypervisor.
     */
    double foreignShare(LoadReading before) {
        long total = totalNanos - before.totalNanos;
        if (total <= 0) {
            return 0;
        }
        long others = busyNanos - before.busyNanos - own.nanosSince(before.own);
        long stolen = stolenNanos - before.stolenNanos;
        return Math.min(1, (double) (Math.max(0, others) + stolen) / total);
    }
}
