package dev.procession.bench.race;

import java.util.function.LongSupplier;

/**
 * Warms a rival up, and determines how much work fits into a measurement.
 *
 * @param effort how much work the rival does at least
 * @param leastNanos how long it works at least
 * @param clock nanoseconds from any start
 */
public record WarmUp(Effort effort, long leastNanos, LongSupplier clock) {

    /**
     * How much longer a rival with short measurements continues, to do all its warm-up work. A
     * rival that has not done it by then is slow, and does not need it.
     */
    private static final long MOST_EXTRA_NANOS = 1_000_000_000;

    /**
     * The first piece of work is this part of the whole, because a slow rival would not finish the
     * whole.
     */
    private static final int PARTS = 64;

    static WarmUp of(Effort effort, long leastNanos) {
        return new WarmUp(effort, leastNanos, System::nanoTime);
    }

    /** Does the work, and returns the amount for each measurement. */
    int run(Rival rival) throws Exception {
        boolean bounded = effort.mostMillis() > 0;
        long start = clock.getAsLong();
        int piece = bounded ? Math.max(1, effort.warmUp() / PARTS) : effort.warmUp();
        int fitting = bounded ? 1 : effort.amount();
        long done = 0;
        long elapsed = 0;
        do {
            long begin = clock.getAsLong();
            rival.measure(piece);
            long end = clock.getAsLong();
            done += piece;
            elapsed = end - start;
            // The best piece counts: a slow one was cold, or interrupted by others.
            fitting = Math.max(fitting, effort.amountFor((double) (end - begin) / piece));
            if (bounded) {
                piece = fitting;
            }
        } while (elapsed < leastNanos
                || (done < effort.warmUp() && elapsed < leastNanos + MOST_EXTRA_NANOS));
        return fitting;
    }
}
