package dev.procession.pipe;

import java.time.Duration;

/** How much of an operation's time is left; {@link #FOREVER} is never over. */
final class Countdown {

    static final long FOREVER = Long.MAX_VALUE;

    private static final Countdown NEVER = new Countdown(FOREVER);

    private final long nanos;
    private final long start;

    private Countdown(long nanos) {
        this.nanos = nanos;
        this.start = nanos == FOREVER ? 0 : System.nanoTime();
    }

    static Countdown of(long nanos) {
        return nanos == FOREVER ? NEVER : new Countdown(nanos);
    }

    static long nanos(Duration timeout) {
        try {
            return Math.max(0, timeout.toNanos());
        } catch (ArithmeticException e) {
            return timeout.isNegative() ? 0 : FOREVER;
        }
    }

    long left() {
        return nanos == FOREVER ? FOREVER : Math.max(0, nanos - (System.nanoTime() - start));
    }
}
