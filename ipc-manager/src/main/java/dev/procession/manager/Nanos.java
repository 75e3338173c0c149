package dev.procession.manager;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Times to wait as the server wants them: 0 not at all, negative for ever. */
final class Nanos {

    static final long FOREVER = -1;

    private Nanos() {}

    /** A duration; what is too long for a number is the longest. */
    static long of(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE / 2;
        }
    }

    /** A time as the JDK's interfaces give it. */
    static long of(long time, TimeUnit unit) {
        return Math.max(0, Math.min(unit.toNanos(time), Long.MAX_VALUE / 2));
    }
}
