package dev.procession.core;

import java.io.Serializable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Function} that can be sent to another process.
 *
 * <p>A lambda or method reference with this target type is serialisable. The values that it
 * captures, takes and returns must be serialisable as well. Functions joined by {@link
 * #andThen(SerializableFunction)} and {@link #compose(SerializableFunction)} stay serialisable.
 *
 * @param <T> the type of the argument
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface SerializableFunction<T extends @Nullable Object, R extends @Nullable Object>
        extends Function<T, R>, Serializable {

    /**
     * Gives a lambda this type where only a {@link Function} is asked for.
     *
     * @param function the lambda
     * @param <T> the type of the argument
     * @param <R> the type of the result
     * @return the same object
     */
    static <T extends @Nullable Object, R extends @Nullable Object> SerializableFunction<T, R> of(
            SerializableFunction<T, R> function) {
        return function;
    }

    /**
     * Applies this function and then another one to its result.
     *
     * @param after the function that takes this one's result
     * @param <V> the type of the final result
     * @return a serialisable function
     */
    default <V extends @Nullable Object> SerializableFunction<T, V> andThen(
            SerializableFunction<? super R, ? extends V> after) {
        return argument -> after.apply(apply(argument));
    }

    /**
     * Applies another function and then this one to its result.
     *
     * @param before the function that makes this one's argument
     * @param <V> the type of the first argument
     * @return a serialisable function
     */
    default <V extends @Nullable Object> SerializableFunction<V, R> compose(
            SerializableFunction<? super V, ? extends T> before) {
        return argument -> apply(before.apply(argument));
    }
}
