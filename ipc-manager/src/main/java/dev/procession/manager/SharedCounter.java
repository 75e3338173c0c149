package dev.procession.manager;

import java.util.function.LongUnaryOperator;

/**
 * A whole number that processes share, with the methods of {@link
 * java.util.concurrent.atomic.AtomicLong}; 0 at first. Each method is atomic. The server's death is
 * a {@link ManagerUnavailableException}.
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
     * Adds in the server, in one round trip.
     *
     * @param delta the number to add
     * @return the number afterwards
     */
    long addAndGet(long delta);

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
}
