package dev.procession.pool.dispatch;

import java.util.concurrent.TimeUnit;

/**
 * How many items are in a chunk: so many that sending it costs little compared with the work, and
 * so few that no worker runs long alone with the last chunk.
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

    /** Whether the user has set the size. */
    boolean isFixed() {
        return fixed;
    }

    int next() {
        return size;
    }

    /** Adapts the size to a chunk that is done; in steps, because the first chunks say little. */
    void took(int items, long nanos) {
        if (fixed || items == 0) {
            return;
        }
        long wanted = TARGET_NANOS * items / Math.max(1, nanos);
        size = (int) Math.max(1, Math.min(wanted, Math.min(MAX, (long) GROWTH * size)));
    }
}
