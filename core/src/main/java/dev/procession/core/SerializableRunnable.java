package dev.procession.core;

import java.io.Serializable;

/**
 * A {@link Runnable} that can be sent to another process.
 *
 * <p>A lambda with this target type is serialisable. The values that it captures must be
 * serialisable as well.
 */
@FunctionalInterface
public interface SerializableRunnable extends Runnable, Serializable {

    /**
     * Gives a lambda this type where only a {@link Runnable} is asked for.
     *
     * @param runnable the lambda
     * @return the same object
     */
    static SerializableRunnable of(SerializableRunnable runnable) {
        return runnable;
    }
}
