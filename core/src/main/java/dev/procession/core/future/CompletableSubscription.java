package dev.procession.core.future;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to a {@link CompletableFuture} by a dependent that can be removed.
 *
 * <p>A dependent made by {@code whenComplete} stays on the future's list until the future is done,
 * so repeated waits for a future that never completes would fill the heap. {@code anyOf} removes
 * its entries from the lists of all its sources as soon as one of them is done. Its second source
 * here is {@code ended}, and completing that ends the subscription.
 */
final class CompletableSubscription implements Subscription {

    private final CompletableFuture<@Nullable Object> ended = new CompletableFuture<>();

    CompletableSubscription(CompletableFuture<?> future, Runnable waiter) {
        var unused =
                CompletableFuture.anyOf(future, ended)
                        .whenComplete(
                                (result, failure) -> {
                                    if (future.isDone()) {
                                        waiter.run();
                                    }
                                });
    }

    @Override
    public void end() {
        ended.complete(null);
    }
}
