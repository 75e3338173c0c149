package dev.procession.manager;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A whole number that processes share, with the methods of {@link
 * java.util.concurrent.atomic.AtomicLong}; 0 at first. Each method is atomic. The server's death is
 * a {@link ManagerUnavailableException}.
 *
 * <p>A number that is written with a duration is 0 again when that time is over, as an entry of a
 * {@link SharedDict} expires: {@code set} without a duration makes it stay for ever, the others
 * keep its time.
 */
public interface SharedCounter {

    /**
     * Returns the number.
     *
     * @return its value of a moment ago
     */
    long get();

    /**
     * Sets the number.
     *
     * @param value the new number
     */
    void set(long value);

    /**
     * Sets a number that expires.
     *
     * @param value the new number
     * @param timeToLive the time until it is 0
     */
    void set(long value, Duration timeToLive);

    /**
     * Sets the time until the number expires, and keeps the number.
     *
     * @param timeToLive the time until it is 0
     * @return whether there is a number: it was set or added to, and has not expired
     */
    boolean touch(Duration timeToLive);

    /**
     * Adds in the server, in one round trip.
     *
     * @param delta the number to add
     * @return the number afterwards
     */
    long addAndGet(long delta);

    /**
     * Adds in the server, in one round trip, and sets the time until the number expires.
     *
     * @param delta the number to add
     * @param timeToLive the time until it is 0
     * @return the number afterwards
     */
    long addAndGet(long delta, Duration timeToLive);

    /**
     * Adds one.
     *
     * @return the number afterwards
     */
    default long incrementAndGet() {
        return addAndGet(1);
    }

    /**
     * Subtracts one.
     *
     * @return the number afterwards
     */
    default long decrementAndGet() {
        return addAndGet(-1);
    }

    /**
     * Adds in the server, in one round trip.
     *
     * @param delta the number to add
     * @return the number before
     */
    default long getAndAdd(long delta) {
        return addAndGet(delta) - delta;
    }

    /**
     * Adds one.
     *
     * @return the number before
     */
    default long getAndIncrement() {
        return getAndAdd(1);
    }

    /**
     * Sets the number if it equals the expected one.
     *
     * @param expected the number that is expected
     * @param value the new number
     * @return whether the number was set
     */
    boolean compareAndSet(long expected, long value);

    /**
     * Computes a new number in the caller, again if another process was faster.
     *
     * @param function without side effects
     * @return the number afterwards
     */
    default long updateAndGet(LongUnaryOperator function) {
        while (true) {
            long old = get();
            long value = function.applyAsLong(old);
            if (compareAndSet(old, value)) {
                return value;
            }
        }
    }

    /**
     * Gets the number without waiting; see {@linkplain dev.procession.manager the package} about
     * asynchronous calls.
     *
     * @return the number, later
     */
    CompletableFuture<Long> getAsync();

    /**
     * Sets the number without waiting.
     *
     * @param value the new number
     * @return {@code null}, when the number was set
     */
    CompletableFuture<@Nullable Void> setAsync(long value);

    /**
     * Adds in the server without waiting.
     *
     * @param delta the number to add
     * @return the number afterwards, later
     */
    CompletableFuture<Long> addAndGetAsync(long delta);

    /**
     * Adds one without waiting.
     *
     * @return the number afterwards, later
     */
    default CompletableFuture<Long> incrementAndGetAsync() {
        return addAndGetAsync(1);
    }

    /**
     * Subtracts one without waiting.
     *
     * @return the number afterwards, later
     */
    default CompletableFuture<Long> decrementAndGetAsync() {
        return addAndGetAsync(-1);
    }

    /**
     * Sets the number without waiting, if it equals the expected one.
     *
     * @param expected the number that is expected
     * @param value the new number
     * @return whether the number was set, later
     */
    CompletableFuture<Boolean> compareAndSetAsync(long expected, long value);
}
