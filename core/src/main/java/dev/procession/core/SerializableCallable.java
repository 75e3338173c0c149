package dev.procession.core;

import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Callable} that can be sent to another process.
 *
 * <p>A lambda with this target type is serialisable. The values that it captures and returns must
 * be serialisable as well.
 *
 * <pre>{@code
 * int base = 40;
 * Callable<Integer> task = SerializableCallable.of(() -> base + 2);
 * }</pre>
 *
 * @param <V> the type of the result
 */
@FunctionalInterface
public interface SerializableCallable<V extends @Nullable Object>
        extends Callable<V>, Serializable {

    /**
     * Gives a lambda this type where only a {@link Callable} is asked for.
     *
     * @param callable the lambda
     * @param <V> the type of the result
     * @return the same object
     */
    static <V extends @Nullable Object> SerializableCallable<V> of(
            SerializableCallable<V> callable) {
        return callable;
    }
}
