package dev.procession.pool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.launch.StackSampler;
import dev.procession.core.launch.ThreadStack;

/**
 * Knows which task the worker's main thread runs, so that an interrupt reaches the task it is meant
 * for and no other, and a stack is known to be that of the task. The main thread makes it. Its own
 * lock guards it.
 */
final class InterruptTarget {

    private static final long NONE = 0;

    @GuardedBy("this")
    private long number = NONE;

    private final Thread thread = Thread.currentThread();

    /** The task whose interrupt came before the task had begun. */
    @GuardedBy("this")
    private long early = NONE;

    synchronized void enter(long task) {
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
        if (number == task) {
            thread.interrupt();
        } else {
            early = task; // claimed and just about to begin, or over
        }
    }

    /** Returns the main thread's stack; meanwhile no task begins or ends. */
    synchronized ThreadStack stack(StackSampler sampler) {
        return sampler.sample(thread, number);
    }
}
