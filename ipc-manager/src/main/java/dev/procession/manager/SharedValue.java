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
     * The value.
     *
     * @return a copy of it, or {@code null}
     */
    @Nullable V get();

    /**
     * Sets the value.
     *
     * @param value to what
     */
    void set(@Nullable V value);

    /**
     * Sets the value.
     *
     * @param value to what
     * @return the value before
     */
    @Nullable V getAndSet(@Nullable V value);

    /**
     * Sets the value if it is what the caller expects.
     *
     * @param expected what it must equal
     * @param value to what it is set then
     * @return whether it was
     */
    boolean compareAndSet(@Nullable V expected, @Nullable V value);

    /**
     * Computes the value anew in the caller, again if somebody else was quicker.
     *
     * @param function without side effects
     * @return the value afterwards
     */
    @Nullable V updateAndGet(UnaryOperator<@Nullable V> function);
}
