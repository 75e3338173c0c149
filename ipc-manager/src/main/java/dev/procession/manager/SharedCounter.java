package dev.procession.manager;

import java.util.function.LongUnaryOperator;

/**
 * A whole number that processes share, with the methods of {@link
 * java.util.concurrent.atomic.AtomicLong}; 0 at first. Each method is atomic. The server's death is
 * a {@link ManagerUnavailableException}.
 */
public interface SharedCounter {

    /**
     * The number.
     *
     * @return what it was a moment ago
     */
    long get();

    /**
     * Sets the number.
     *
     * @param value to what
     */
    void set(long value);

    /**
     * Adds in the server, in one round trip.
     *
     * @param delta how much
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
     * @param delta how much
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
     * Sets the number if it is what the caller expects.
     *
     * @param expected what it must be
     * @param value to what it is set then
     * @return whether it was
     */
    boolean compareAndSet(long expected, long value);

    /**
     * Computes the number anew in the caller, again if somebody else was quicker.
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
