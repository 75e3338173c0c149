package dev.procession.core;

import java.io.Serializable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A {@link BiFunction} that can be sent to another process.
 *
 * <p>A lambda or method reference with this target type is serialisable. The values that it
 * captures, takes and returns must be serialisable as well. A function joined by {@link
 * #andThen(SerializableFunction)} stays serialisable.
 *
 * @param <T> the type of the first argument
 * @param <U> the type of the second argument
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface SerializableBiFunction<
                T extends @Nullable Object, U extends @Nullable Object, R extends @Nullable Object>
        extends BiFunction<T, U, R>, Serializable {

    /**
     * Gives a lambda this type where only a {@link BiFunction} is asked for.
     *
     * @param function the lambda
     * @param <T> the type of the first argument
     * @param <U> the type of the second argument
     * @param <R> the type of the result
     * @return the same object
     */
    static <T extends @Nullable Object, U extends @Nullable Object, R extends @Nullable Object>
            SerializableBiFunction<T, U, R> of(SerializableBiFunction<T, U, R> function) {
        return function;
    }

    /**
     * Applies this function and then another one to its result.
     *
     * @param after the function that takes this one's result
     * @param <V> the type of the final result
     * @return a serialisable function
     */
    default <V extends @Nullable Object> SerializableBiFunction<T, U, V> andThen(
            SerializableFunction<? super R, ? extends V> after) {
        return (first, second) -> after.apply(apply(first, second));
    }
}
