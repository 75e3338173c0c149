package dev.procession.core;

import java.io.Serializable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Supplier} that can be sent to another process, such as the factory of an object that is
 * to be created there.
 *
 * <p>A lambda or constructor reference with this target type is serialisable. The values that it
 * captures must be serialisable as well.
 *
 * @param <T> the type of what is supplied
 */
@FunctionalInterface
public interface SerializableSupplier<T extends @Nullable Object>
        extends Supplier<T>, Serializable {

    /**
     * Gives a lambda this type where only a {@link Supplier} is asked for.
     *
     * @param supplier the lambda
     * @param <T> the type of what is supplied
     * @return the same object
     */
    static <T extends @Nullable Object> SerializableSupplier<T> of(
            SerializableSupplier<T> supplier) {
        return supplier;
    }
}
