package dev.procession.pool.dispatch;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When a worker may be started again after starts have failed, and when that is given up: at once
 * in a pool none of whose workers has ever come up, for what keeps a JVM or its initializer from
 * the first start will keep it from the next. Guarded by the dispatcher's lock.
 */
final class StartPolicy {

    private static final int MAX_FAILURES = 5;
    private static final int MAX_KILLS = 50;
    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How long the other first starts have to tell whether all are refused. */
    private static final long UNDECIDED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private int failures;
    private boolean everCameUp;
    private boolean givenUp;

    /** Why the first of the first starts was refused, and when; null if none was. */
    private @Nullable Supplier<? extends Throwable> refusal;

    private long refusedAt;
    private long noStartBefore;

    /** A worker has come up. */
    void cameUp() {
        everCameUp = true;
        tryAgain();
    }

    /** The user wants another try. */
    void tryAgain() {
        failures = 0;
        refusal = null;
        givenUp = false;
    }

    /**
     * What waited was told so; the next task is another try, and nothing is started without one.
     */
    void giveUp() {
        tryAgain();
        givenUp = true;
    }

    /** It would be time to give up, but there are workers: they have to do. */
    void continueWithRunningWorkers() {
        givenUp = true;
        failures = 1; // the pause goes on
    }

    /** True if no worker is to be started that no task waits for. */
    boolean hasGivenUp() {
        return givenUp;
    }

    /** True if a first start was refused: it depends on those under way what that means. */
    boolean isUndecided(long now) {
        return refusal != null && now - refusedAt < UNDECIDED_NANOS;
    }

    /** What is told when it is given up: a refusal rather than what came after it. */
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
        /** It was killed from outside: that says nothing about the next start. */
        KILLED,
        /** This process lacked something that may be there again soon: threads, descriptors. */
        SHORTAGE,
        /** It ended by itself: the JVM would not start, or the initializer threw. */
        REFUSAL
    }

    /**
     * A worker did not come up; true if it is time to give up.
     *
     * @param cause what it ended with
     * @param last whether no other one is coming up
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
