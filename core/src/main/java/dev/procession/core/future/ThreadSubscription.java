package dev.procession.core.future;

import dev.procession.core.time.Timeout;
import java.time.Duration;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;

/**
 * Watches a future that cannot call back, such as a {@link java.util.concurrent.FutureTask}, by a
 * thread that blocks in its {@code get}.
 */
final class ThreadSubscription implements Subscription {

    /** Long enough not to be polling. */
    private static final Duration ONE_DAY = Duration.ofDays(1);

    private final Future<?> future;
    private final Runnable waiter;
    private final Thread thread;
    private volatile boolean ended;

    ThreadSubscription(Future<?> future, Runnable waiter) {
        this.future = future;
        this.waiter = waiter;
        this.thread = SubscriptionThreads.start(future, this::watch);
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
    private Timeout patience() {
        return future instanceof ForkJoinTask ? Timeout.of(ONE_DAY) : Timeout.NEVER;
    }

    @Override
    public void end() {
        ended = true;
        thread.interrupt();
    }
}
