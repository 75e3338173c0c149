package dev.procession.core.future;

import dev.procession.core.time.Timeout;
import java.time.Duration;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;

/**
 * Subscribes to a future that calls no listeners, such as a {@link
 * java.util.concurrent.FutureTask}, by a thread that blocks in its {@code get}.
 */
final class ThreadSubscription implements Subscription {

    /** So long that it is no polling. */
    private static final Duration ONE_DAY = Duration.ofDays(1);

    private final Future<?> future;
    private final Runnable waiter;
    private final Thread thread;
    private volatile boolean ended;

    ThreadSubscription(Future<?> future, Runnable waiter) {
        this.future = future;
        this.waiter = waiter;
        this.thread = SubscriptionThreads.start(future, this::awaitFuture);
    }

    private void awaitFuture() {
        while (!ended) {
            try {
                if (FutureState.awaitDone(future, roundTimeout())) {
                    waiter.run();
                    return;
                }
            } catch (InterruptedException interrupted) {
                // Only end() interrupts this thread, and the loop checks that. If a get() throws
                // this exception without an interrupt, the loop calls it again.
            }
        }
    }

    /**
     * An untimed {@code get} of a ForkJoinTask may run the task in this thread, which {@link #end}
     * would then interrupt; a timed one only waits.
     */
    private Timeout roundTimeout() {
        return future instanceof ForkJoinTask ? Timeout.of(ONE_DAY) : Timeout.NEVER;
    }

    @Override
    public void end() {
        ended = true;
        thread.interrupt();
    }
}
