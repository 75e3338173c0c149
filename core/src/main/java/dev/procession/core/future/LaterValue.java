package dev.procession.core.future;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@link CompletableFuture#completeAsync} does, by the future's own {@code complete} and
 * {@code completeExceptionally}. The JDK's goes past both, so a future that has to give its work up
 * when somebody else completes it would not learn of that.
 */
public final class LaterValue {

    private LaterValue() {}

    /** Has an executor complete a future, unless it is done by then. */
    public static <T extends @Nullable Object> void complete(
            CompletableFuture<T> future, Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(
                () -> {
                    if (!future.isDone()) {
                        completeNow(future, supplier);
                    }
                });
    }

    private static <T extends @Nullable Object> void completeNow(
            CompletableFuture<T> future, Supplier<? extends T> supplier) {
        boolean unused;
        try {
            unused = future.complete(supplier.get());
        } catch (Throwable e) { // the supplier's failure fails the future, as in the JDK
            unused =
                    future.completeExceptionally(
                            e instanceof CompletionException ? e : new CompletionException(e));
        }
    }
}
