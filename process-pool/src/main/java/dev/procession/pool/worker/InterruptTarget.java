package dev.procession.pool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Knows which task the worker's main thread runs, so that an interrupt reaches the task it is meant
 * for and no other. Its own lock guards it.
 */
final class InterruptTarget {

    private static final long NONE = 0;

    @GuardedBy("this")
    private long number = NONE;

    @GuardedBy("this")
    private @Nullable Thread thread;

    /** The task whose interrupt came before the task had begun. */
    @GuardedBy("this")
    private long early = NONE;

    synchronized void enter(long task) {
        thread = Thread.currentThread();
        number = task;
        if (early == task) {
            thread.interrupt();
        }
    }

    /** Ends the task, and clears an interrupt that came too late for it. */
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
