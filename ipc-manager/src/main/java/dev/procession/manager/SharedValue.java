package dev.procession.manager;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A single value that processes share: Python's {@code Manager().Value()} with the methods of
 * {@link java.util.concurrent.atomic.AtomicReference}; {@code null} at first. Each method is
 * atomic, and compares by {@code equals}. The server's death is a {@link
 * ManagerUnavailableException}.
 *
 * @param <V> the value: anything serialisable
 */
public interface SharedValue<V> {

    /**
     * Returns the value.
     *
     * @return a copy of it, or {@code null}
     */
    @Nullable V get();

    /**
     * Sets the value.
     *
     * @param value the new value
     */
    void set(@Nullable V value);

    /**
     * Sets the value.
     *
     * @param value the new value
     * @return the value before
     */
    @Nullable V getAndSet(@Nullable V value);

    /**
     * Sets the value if it equals the expected one.
     *
     * @param expected the value that is expected
     * @param value the new value
     * @return whether the value was set
     */
    boolean compareAndSet(@Nullable V expected, @Nullable V value);

    /**
     * Computes a new value in the caller, again if another process was faster.
     *
     * @param function without side effects
     * @return the value afterwards
     */
    @Nullable V updateAndGet(UnaryOperator<@Nullable V> function);
}
