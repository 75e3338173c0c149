package dev.procession.core.future;

import dev.procession.core.Futures;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import org.jspecify.annotations.Nullable;

/**
 * One item of {@link Futures#map} with the function to apply, fit for any process.
 *
 * @param function what to apply
 * @param item what to apply it to
 */
public record ItemTask<T extends @Nullable Object, R extends @Nullable Object>(
        SerializableFunction<T, R> function, T item) implements SerializableCallable<R> {

    @Override
    public R call() {
        return function.apply(item);
    }
}
