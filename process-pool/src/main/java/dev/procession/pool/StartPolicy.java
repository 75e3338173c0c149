package dev.procession.pool;

import java.util.concurrent.TimeUnit;

/**
 * When a worker may be started again after starts have failed, and when that is given up. Guarded
 * by the dispatcher's lock.
 */
final class StartPolicy {

    private static final int MAX_FAILURES = 5;
    private static final int MAX_KILLS = 50;
    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private int failures;
    private long noStartBefore;

    /** A worker has come up, or the user wants another try. */
    void succeeded() {
        failures = 0;
    }

    boolean mayStart(long now) {
        return failures == 0 || now - noStartBefore >= 0;
    }

    /** How long until a worker may be started. */
    long pause(long now) {
        return failures == 0 ? 0 : Math.max(0, noStartBefore - now);
    }

    /**
     * A worker did not come up; true if it is time to give up.
     *
     * @param killed whether it was killed from outside: that says nothing about the next start,
     *     unless it never ends
     */
    boolean failed(boolean killed, long now) {
        failures++;
        int doublings = killed ? 0 : Math.min(failures, MAX_FAILURES);
        noStartBefore = now + (BACK_OFF_NANOS << doublings);
        return failures >= (killed ? MAX_KILLS : MAX_FAILURES);
    }
}
