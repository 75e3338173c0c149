package dev.procession.core.time;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The time that an operation may take, on the clock of {@link System#nanoTime}. It starts when the
 * timeout is made.
 *
 * <p>Internal methods take either a timeout or a number of nanoseconds, of which {@link #FOREVER}
 * means no limit. Instances are immutable.
 */
public final class Timeout {

    /** The nanoseconds of a wait without a limit. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** A timeout that is never over. */
    public static final Timeout NEVER = new Timeout(0, false);

    /**
     * The longest limited timeout: differences of {@code nanoTime} must stay well below the range
     * of a long.
     */
    public static final long LONGEST_NANOS = Long.MAX_VALUE / 4;

    private final long endNanos;
    private final boolean limited;

    private Timeout(long endNanos, boolean limited) {
        this.endNanos = endNanos;
        this.limited = limited;
    }

    /**
     * Starts a timeout.
     *
     * @param duration how long; zero or less is over at once, and more than 70 years are never over
     */
    public static Timeout of(Duration duration) {
        return ofNanos(nanos(duration));
    }

    /**
     * Starts a timeout.
     *
     * @param nanos how long; zero or less is over at once, and more than 70 years, {@link #FOREVER}
     *     among them, are never over
     */
    public static Timeout ofNanos(long nanos) {
        return nanos > LONGEST_NANOS
                ? NEVER
                : new Timeout(System.nanoTime() + Math.max(0, nanos), true);
    }

    /**
     * Converts a duration to nanoseconds: 0 if it is negative, {@link #FOREVER} if it is too long
     * for a {@code long}.
     */
    public static long nanos(Duration duration) {
        return Math.max(0, TimeUnit.NANOSECONDS.convert(duration));
    }

    /**
     * Converts a time as the JDK's interfaces give it to nanoseconds: 0 if it is negative, {@link
     * #FOREVER} if it is too long for a {@code long}.
     */
    public static long nanos(long time, TimeUnit unit) {
        return Math.max(0, unit.toNanos(time));
    }

    /**
     * Returns the nanoseconds until the end: 0 when it is over, {@link #FOREVER} if it never is.
     */
    public long remainingNanos() {
        return limited ? Math.max(0, endNanos - System.nanoTime()) : FOREVER;
    }

    /** Whether the end has come. */
    public boolean isOver() {
        return limited && endNanos - System.nanoTime() <= 0;
    }

    /** Whether there is an end at all. */
    public boolean isLimited() {
        return limited;
    }

    /**
     * Returns the moment of the end by {@link System#nanoTime}.
     *
     * @throws IllegalStateException if there is none
     */
    public long endNanos() {
        if (!limited) {
            throw new IllegalStateException("a timeout without a limit has no end");
        }
        return endNanos;
    }

    /** Returns this timeout, or one that ends in {@code nanos} from now, whichever ends first. */
    public Timeout atMost(long nanos) {
        Timeout other = ofNanos(nanos);
        return !other.limited || (limited && endNanos - other.endNanos <= 0) ? this : other;
    }
}
