package dev.procession.core.future;

import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import org.jspecify.annotations.Nullable;

/**
 * One task of {@code Futures.map}, which an executor may send to another process.
 *
 * @param function the function to apply
 * @param item its argument
 */
public record ItemTask<T extends @Nullable Object, R extends @Nullable Object>(
        SerializableFunction<T, R> function, T item) implements SerializableCallable<R> {

    @Override
    public R call() {
        return function.apply(item);
    }
}
