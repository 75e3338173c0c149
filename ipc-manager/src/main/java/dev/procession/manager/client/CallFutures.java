package dev.procession.manager.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for what is on its way, whatever interrupts come. */
final class CallFutures {

    private CallFutures() {}

    /** The future's value; its failure is thrown as it is. */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
