package dev.procession.manager.proxy;

import dev.procession.manager.wire.WaitNanos;
import java.time.Duration;

/** Converts times to live to the nanoseconds of a request; negative ones are for ever. */
final class TimeToLive {

    /**
     * No time: what replaces everything lives for ever, and what regards the old value keeps the
     * time that the entry has.
     */
    static final long NONE = 0;

    private TimeToLive() {}

    /** Converts a duration: more than a century is for ever. */
    static long nanos(Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("a time to live is positive: " + duration);
        }
        return WaitNanos.of(duration);
    }
}
