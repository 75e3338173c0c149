package dev.procession.core.future;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Watches a {@link CompletableFuture} by a dependent that can be taken back.
 *
 * <p>A dependent made by {@code whenComplete} stays on the future's list until the future is done,
 * so that waiting again and again for one that never is would fill the memory. {@code anyOf} takes
 * its entries off the lists of all its sources as soon as one of them is done; the second source
 * here is ours, and completing it ends the watch.
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
