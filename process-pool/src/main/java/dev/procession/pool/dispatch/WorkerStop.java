package dev.procession.pool.dispatch;

import dev.procession.core.time.Timeout;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How the pool ends a worker: why, which task was interrupted for it, and when it is killed. The
 * {@link WorkerRun} guards it.
 */
final class WorkerStop {

    /** The additional time of an interrupted task whose worker is not linked yet. */
    private static final long LINK_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Why the pool ends it; the first reason stays. */
    private EndReason reason = EndReason.NONE;

    /** Whether the pool has ended the process by a signal. */
    private boolean signalled;

    /** When the worker is killed; {@link Timeout#NEVER} unless it is being ended. */
    private Timeout killTimeout = Timeout.NEVER;

    /** Whether the kill timeout was over when it was checked last. */
    private boolean wasDue;

    /** The task that was interrupted. */
    private @Nullable Task interrupted;

    /** Whether the interrupt waits for the worker's link. */
    private boolean interruptPending;

    /** Where the task was whose worker was killed because it did not end; else null. */
    private @Nullable StackRequest stackAtKill;

    void because(EndReason why) {
        if (reason == EndReason.NONE) {
            reason = why;
        }
    }

    EndReason reason() {
        return reason;
    }

    boolean wasSignalled() {
        return signalled;
    }

    /** The process got a signal, after which it lives no longer than this. */
    void signalled(EndReason why, Timeout until) {
        because(why);
        signalled = true;
        killTimeout = until;
    }

    /** The worker was told to exit. */
    void told(EndReason why, Timeout until) {
        because(why);
        killTimeout = until;
    }

    Timeout killTimeout() {
        return killTimeout;
    }

    /** Returns the kill timeout, shortened for an interrupt that is about to be sent. */
    Timeout withGrace(long graceNanos, boolean linked) {
        long link = linked ? 0 : LINK_NANOS;
        return killTimeout.atMost(Math.min(graceNanos, Timeout.FOREVER - link) + link);
    }

    /** A task was interrupted; the worker is killed if it does not end in time. */
    void interrupted(Task task, boolean linked, Timeout until) {
        interrupted = task;
        interruptPending = !linked;
        killTimeout = until;
    }

    boolean isInterrupted(Task task) {
        return interrupted == task;
    }

    /** A task has ended; if it was interrupted, that was enough. */
    void ended(Task task) {
        if (task == interrupted) {
            interrupted = null;
            interruptPending = false;
            killTimeout = Timeout.NEVER;
        }
    }

    /** The process has ended. */
    void over() {
        interrupted = null;
        killTimeout = Timeout.NEVER;
    }

    /**
     * Whether the worker is to be killed now. That is true only at the second call after the time
     * is over: the messages that are read between the calls may show that the interrupt was enough.
     * The grace period of an interrupted task starts when its worker is linked.
     */
    boolean isDue(boolean linked, long graceNanos) {
        if (interruptPending && linked) {
            interruptPending = false;
            killTimeout = killTimeout.atMost(graceNanos);
        }
        if (!killTimeout.isOver()) {
            wasDue = false;
            return false;
        }
        boolean due = wasDue;
        wasDue = true;
        return due;
    }

    /** Returns why the worker is killed if that {@linkplain #isDue is due}. */
    EndReason killReason() {
        return interrupted == null ? EndReason.KILLED : EndReason.UNSTOPPABLE_TASK;
    }

    void keepStack(@Nullable StackRequest stack) {
        stackAtKill = stack;
    }

    @Nullable StackRequest stackAtKill() {
        return stackAtKill;
    }
}
