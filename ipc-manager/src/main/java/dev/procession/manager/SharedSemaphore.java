package dev.procession.manager;

import java.time.Duration;

/**
 * A semaphore that processes share: Python's {@code Manager().Semaphore()} with the meanings of
 * {@link java.util.concurrent.Semaphore}, and fair.
 *
 * <p>Permits that a process has acquired and not released return when the kernel says that it is
 * dead. As with the JDK's, a process may release what it has not acquired: those who acquired first
 * hold that much less, so that it does not return once more when they die; if nobody holds any,
 * there are more permits than before, which are signals: they do not return when their taker dies.
 *
 * <p>The server's death is a {@link ManagerUnavailableException}; its semaphores go with it.
 */
public interface SharedSemaphore {

    /**
     * Acquires one permit, waiting for it.
     *
     * @throws InterruptedException if this thread is interrupted; it has no permit then
     */
    default void acquire() throws InterruptedException {
        acquire(1);
    }

    /**
     * Acquires permits at once, waiting for them.
     *
     * @param permits how many
     * @throws InterruptedException if this thread is interrupted; it has none of them then
     */
    void acquire(int permits) throws InterruptedException;

    /**
     * Acquires one permit if it is there and nobody waits for one.
     *
     * @return whether it was acquired
     */
    default boolean tryAcquire() {
        return tryAcquire(1);
    }

    /**
     * Acquires permits if they are there and nobody waits for any.
     *
     * @param permits how many
     * @return whether all were acquired
     */
    boolean tryAcquire(int permits);

    /**
     * Acquires permits at once, waiting for a while.
     *
     * @param permits how many
     * @param timeout how long at most
     * @return whether all were acquired
     * @throws InterruptedException if this thread is interrupted; it has none of them then
     */
    boolean tryAcquire(int permits, Duration timeout) throws InterruptedException;

    /** Gives one permit back. */
    default void release() {
        release(1);
    }

    /**
     * Gives permits back.
     *
     * @param permits how many
     */
    void release(int permits);

    /**
     * How many permits are there now.
     *
     * @return the number a moment ago
     */
    int availablePermits();

    /**
     * Acquires all that are there.
     *
     * @return how many
     */
    int drainPermits();
}
