package dev.procession.pool.dispatch;

import java.util.List;

/**
 * The heap of a worker for which nobody has set one: all workers together have three quarters of
 * the memory that there is. By itself each JVM would take a quarter for its own.
 */
public final class WorkerHeap {

    private static final long LEAST_BYTES = 256L << 20;
    private static final long MIB = 1 << 20;

    private static final List<String> CHOSEN =
            List.of(
                    "-Xmx",
                    "-Xms",
                    "-XX:InitialHeapSize=",
                    "-XX:MinHeapSize=",
                    "-XX:MaxHeapSize=",
                    "-XX:MaxRAM=",
                    "-XX:MaxRAMPercentage=",
                    "-XX:MaxRAMFraction=",
                    "-XX:SoftMaxHeapSize=");

    private WorkerHeap() {}

    /**
     * The flags for it, none if the user has chosen.
     *
     * @param workers how many there may be at once
     * @param limit how much memory there is
     */
    public static List<String> flags(List<String> jvmArgs, int workers, long limit) {
        for (String flag : jvmArgs) {
            for (String chosen : CHOSEN) {
                if (flag.startsWith(chosen)) {
                    return List.of();
                }
            }
        }
        if (limit == Long.MAX_VALUE) {
            return List.of();
        }
        long share = limit / 4 * 3 / workers;
        return List.of("-Xmx" + Math.max(LEAST_BYTES, share) / MIB + "m");
    }
}
