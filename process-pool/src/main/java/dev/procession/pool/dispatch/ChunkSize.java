package dev.procession.pool.dispatch;

import java.util.concurrent.TimeUnit;

/**
 * How many items go to a worker at once: so many that sending them costs little beside the work,
 * and so few that no worker is left alone with the last ones for long.
 */
final class ChunkSize {

    private static final long TARGET_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int MAX = 1 << 14;
    private static final int GROWTH = 4;

    private final boolean fixed;
    private int size;

    /** With 0 the size adapts. */
    ChunkSize(int given) {
        fixed = given > 0;
        size = fixed ? given : 1;
    }

    /** True if the user gave it. */
    boolean isFixed() {
        return fixed;
    }

    int next() {
        return size;
    }

    /** A chunk has been done; grows by steps, for the first ones say little about the rest. */
    void took(int items, long nanos) {
        if (fixed || items == 0) {
            return;
        }
        long wanted = TARGET_NANOS * items / Math.max(1, nanos);
        size = (int) Math.max(1, Math.min(wanted, Math.min(MAX, (long) GROWTH * size)));
    }
}
