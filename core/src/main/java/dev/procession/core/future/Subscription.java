package dev.procession.core.future;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/**
 * The registration of one waiter with one future.
 *
 * <p>No kind of subscription polls. A future that calls listeners gets one; any other costs a
 * thread that blocks in its {@code get} until it is done or the subscription is ended.
 */
interface Subscription {

    /** Ends the registration and frees its resources. The waiter may still run once. */
    void end();

    /**
     * Subscribes to a future.
     *
     * @param future the future
     * @param waiter runs once when the future is done, in any thread; must be short and not throw
     */
    static Subscription on(Future<?> future, Runnable waiter) {
        if (future instanceof CompletableFuture<?> completable) {
            return new CompletableSubscription(completable, waiter);
        }
        if (future instanceof ListenableFuture<?> listenable) {
            return ListenerSubscription.on(
                    future,
                    listener -> listenable.addListener(listener, MoreExecutors.directExecutor()),
                    waiter);
        }
        if (future instanceof CompletionStage<?> stage) {
            return ListenerSubscription.on(
                    future,
                    listener -> stage.whenComplete((result, failure) -> listener.run()),
                    waiter);
        }
        return new ThreadSubscription(future, waiter);
    }
}
