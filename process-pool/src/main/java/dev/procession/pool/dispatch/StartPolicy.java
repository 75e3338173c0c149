package dev.procession.pool.dispatch;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a worker may be started again after starts have failed, and when the pool gives up.
 * It gives up at once if no worker has ever come up: what prevents the first start of a JVM or its
 * initializer prevents the next one as well. The lock of {@link PoolState} guards it.
 */
final class StartPolicy {

    private static final int MAX_FAILURES = 5;
    private static final int MAX_KILLS = 50;
    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How long the outcome of the other first starts is awaited. */
    private static final long UNDECIDED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private int failures;
    private boolean everCameUp;
    private boolean givenUp;

    /** Why the first start was refused; null if it was not. */
    private @Nullable Supplier<? extends Throwable> refusal;

    private long refusedAt;
    private long noStartBefore;

    /** A worker has come up. */
    void cameUp() {
        everCameUp = true;
        tryAgain();
    }

    /** Forgets all failures: the user or a new task wants another try. */
    void tryAgain() {
        failures = 0;
        refusal = null;
        givenUp = false;
    }

    /**
     * The tasks that waited have failed. The next task is another try; without one nothing is
     * started.
     */
    void giveUp() {
        tryAgain();
        givenUp = true;
    }

    /** Gives up more workers, while those that run serve the tasks. */
    void continueWithRunningWorkers() {
        givenUp = true;
        failures = 1; // the pause goes on
    }

    /** Whether a worker is started only when a task waits for it. */
    boolean hasGivenUp() {
        return givenUp;
    }

    /** Whether a first start was refused, and others under way will show what that means. */
    boolean isUndecided(long now) {
        return refusal != null && now - refusedAt < UNDECIDED_NANOS;
    }

    /** Returns the reason for giving up: a refusal rather than what came after it. */
    Supplier<? extends Throwable> reason(Supplier<? extends Throwable> last) {
        return refusal != null ? refusal : last;
    }

    boolean mayStart(long now) {
        return failures == 0 || now - noStartBefore >= 0;
    }

    /** How long until a worker may be started. */
    long pause(long now) {
        return failures == 0 ? 0 : Math.max(0, noStartBefore - now);
    }

    /** Why a worker did not come up. */
    enum Failure {
        /** It was killed from outside, which says nothing about the next start. */
        KILLED,
        /** This process was short of threads or descriptors, which may pass soon. */
        SHORTAGE,
        /** It ended by itself: the JVM refused to start, or the initializer threw. */
        REFUSAL
    }

    /**
     * Counts a worker that did not come up; returns true if it is time to give up.
     *
     * @param cause what it ended with
     * @param last whether no other worker is starting
     */
    boolean failed(Failure failure, Supplier<? extends Throwable> cause, boolean last, long now) {
        failures++;
        if (failure == Failure.REFUSAL && !everCameUp && refusal == null) {
            refusal = cause;
            refusedAt = now;
        }
        boolean killed = failure == Failure.KILLED;
        int doublings = killed ? 0 : Math.min(failures, MAX_FAILURES);
        noStartBefore = now + (BACK_OFF_NANOS << doublings);
        if (refusal != null && (last || isUndecided(now))) {
            return last;
        }
        return failures >= (killed ? MAX_KILLS : MAX_FAILURES)
                && (last || failure != Failure.SHORTAGE);
    }
}
