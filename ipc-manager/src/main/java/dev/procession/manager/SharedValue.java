package dev.procession.manager;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A single value that processes share: Python's {@code Manager().Value()} with the methods of
 * {@link java.util.concurrent.atomic.AtomicReference}; {@code null} at first. Each method is
 * atomic, and compares by {@code equals}. The server's death is a {@link
 * ManagerUnavailableException}.
 *
 * <p>A value that is written with a duration is {@code null} when that time is over, as an entry of
 * a {@link SharedDict}: {@code set} and {@code getAndSet} without a duration make it stay for ever,
 * {@code compareAndSet} and {@code updateAndGet} keep its time.
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
     * Sets a value that expires.
     *
     * @param value the new value
     * @param timeToLive the time until it is {@code null}
     */
    void set(V value, Duration timeToLive);

    /**
     * Sets the time until the value expires, and keeps the value.
     *
     * @param timeToLive the time until it is {@code null}
     * @return whether there is a value, other than {@code null}
     */
    boolean touch(Duration timeToLive);

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
     * Sets a value that expires, if the value equals the expected one.
     *
     * @param expected the value that is expected
     * @param value the new value
     * @param timeToLive the time until it is {@code null}
     * @return whether the value was set
     */
    boolean compareAndSet(@Nullable V expected, V value, Duration timeToLive);

    /**
     * Computes a new value in the caller, again if another process was faster.
     *
     * @param function without side effects
     * @return the value afterwards
     */
    @Nullable V updateAndGet(UnaryOperator<@Nullable V> function);

    /**
     * Gets the value without waiting; see {@linkplain dev.procession.manager the package} about
     * asynchronous calls.
     *
     * @return a copy of the value, or {@code null}, later
     */
    CompletableFuture<@Nullable V> getAsync();

    /**
     * Sets the value without waiting.
     *
     * @param value the new value
     * @return {@code null}, when the value was set
     */
    CompletableFuture<@Nullable Void> setAsync(@Nullable V value);

    /**
     * Sets the value without waiting.
     *
     * @param value the new value
     * @return the value before, later
     */
    CompletableFuture<@Nullable V> getAndSetAsync(@Nullable V value);

    /**
     * Sets the value without waiting, if it equals the expected one.
     *
     * @param expected the value that is expected
     * @param value the new value
     * @return whether the value was set, later
     */
    CompletableFuture<Boolean> compareAndSetAsync(@Nullable V expected, @Nullable V value);
}
