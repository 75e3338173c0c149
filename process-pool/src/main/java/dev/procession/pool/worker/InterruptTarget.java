package dev.procession.pool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Which task the worker's main thread runs, so that an interrupt meets the task it was meant for
 * and no other.
 */
final class InterruptTarget {

    private static final long NONE = 0;

    @GuardedBy("this")
    private long number = NONE;

    @GuardedBy("this")
    private @Nullable Thread thread;

    /** An interrupt for a task that had not begun when it came. */
    @GuardedBy("this")
    private long early = NONE;

    synchronized void enter(long task) {
        thread = Thread.currentThread();
        number = task;
        if (early == task) {
            thread.interrupt();
        }
    }

    /** Ends the task; an interrupt that came too late for it goes with it. */
    synchronized void leave() {
        number = NONE;
        Thread.interrupted();
    }

    synchronized void interrupt(long task) {
        if (number == task && thread != null) {
            thread.interrupt();
        } else {
            early = task; // claimed and just about to begin, or over
        }
    }
}
