package dev.procession.core;

import java.time.Duration;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;

/**
 * Watches a future that cannot call back, such as a {@link java.util.concurrent.FutureTask}, by a
 * thread that blocks in its {@code get}.
 */
final class ThreadWatch implements Watch {

    /** Long enough not to be polling. */
    private static final Duration ONE_DAY = Duration.ofDays(1);

    private final Future<?> future;
    private final Runnable waiter;
    private final Thread thread;
    private volatile boolean ended;

    ThreadWatch(Future<?> future, Runnable waiter) {
        this.future = future;
        this.waiter = waiter;
        this.thread = WatcherThreads.start(future, this::watch);
    }

    private void watch() {
        while (!ended) {
            try {
                if (FutureState.awaitDone(future, patience())) {
                    waiter.run();
                    return;
                }
            } catch (InterruptedException interrupted) {
                // Only end() interrupts this thread, and the loop looks for that. A future whose
                // get() invents interrupts is waited for again.
            }
        }
    }

    /**
     * An untimed {@code get} of a ForkJoinTask may run the task in this thread, which {@link #end}
     * would then interrupt; a timed one only waits.
     */
    private Deadline patience() {
        return future instanceof ForkJoinTask ? Deadline.after(ONE_DAY) : Deadline.NEVER;
    }

    @Override
    public void end() {
        ended = true;
        thread.interrupt();
    }
}
