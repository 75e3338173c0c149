package dev.procession.pool.dispatch;

import java.util.List;

/**
 * The default heap of a worker: all workers together get three quarters of the memory. By default
 * each JVM would take a quarter of it.
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
     * Returns the flags for the heap; none if the user has set one.
     *
     * @param workers how many there may be at once
     * @param limit the memory of the machine or the container, in bytes
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
