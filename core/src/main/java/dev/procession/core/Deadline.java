package dev.procession.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The moment at which a whole job must have ended, on the clock of {@link System#nanoTime}.
 *
 * @param endNanos the moment; without meaning if there is none
 * @param never whether the job may take for ever
 */
record Deadline(long endNanos, boolean never) {

    /** No end at all. */
    static final Deadline NEVER = new Deadline(0, true);

    /** Differences of {@code nanoTime} are only meaningful well below the range of a long. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    /** A timeout that is too long for the clock never ends; one that is not positive has ended. */
    static Deadline after(Duration timeout) {
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        if (nanos > LONGEST_NANOS) {
            return NEVER;
        }
        return new Deadline(System.nanoTime() + Math.max(0, nanos), false);
    }

    /** What is left in nanoseconds: zero when it is over, the longest long if it never is. */
    long remainingNanos() {
        return never ? Long.MAX_VALUE : Math.max(0, endNanos - System.nanoTime());
    }
}
