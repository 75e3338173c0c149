package dev.procession.manager.wire;

import dev.procession.core.time.Timeout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Converts times to the nanoseconds of a request: 0 is no wait at all, {@link #FOREVER} no limit.
 */
public final class WaitNanos {

    /** No limit. */
    public static final long FOREVER = -1;

    /** The server adds a time to its clock, so that longer ones could overflow. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private WaitNanos() {}

    /** Converts a duration: a negative one to 0, more than a century to {@link #FOREVER}. */
    public static long of(Duration duration) {
        return limited(Timeout.nanos(duration));
    }

    /** Converts a time as the JDK's interfaces give it, by the rules of {@link #of(Duration)}. */
    public static long of(long time, TimeUnit unit) {
        return limited(Timeout.nanos(time, unit));
    }

    private static long limited(long nanos) {
        return nanos > LONGEST_NANOS ? FOREVER : nanos;
    }
}
