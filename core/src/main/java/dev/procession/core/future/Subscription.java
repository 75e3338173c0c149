package dev.procession.core.future;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/**
 * One waiter's interest in the end of one future.
 *
 * <p>No kind of watch polls. A future that can call back is asked to; the others cost a thread that
 * blocks in their {@code get} until they are done or the watch is ended.
 */
interface Subscription {

    /** Drops the interest and whatever it cost. The waiter may still be told once. */
    void end();

    /**
     * Watches a future.
     *
     * @param future the future
     * @param waiter runs once when the future is done, in any thread; short and never throwing
     */
    static Subscription on(Future<?> future, Runnable waiter) {
        if (future instanceof CompletableFuture<?> completable) {
            return new CompletableSubscription(completable, waiter);
        }
        if (future instanceof ListenableFuture<?> listenable) {
            return ListenerSubscription.on(
                    future,
                    bell -> listenable.addListener(bell, MoreExecutors.directExecutor()),
                    waiter);
        }
        if (future instanceof CompletionStage<?> stage) {
            return ListenerSubscription.on(
                    future, bell -> stage.whenComplete((result, failure) -> bell.run()), waiter);
        }
        return new ThreadSubscription(future, waiter);
    }
}
