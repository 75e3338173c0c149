package dev.procession.manager;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore that processes share: Python's {@code Manager().Semaphore()} with the meanings of
 * {@link java.util.concurrent.Semaphore}, and fair.
 *
 * <p>The server knows how many permits each process holds. They return once: by a release, or when
 * the kernel says that the process is dead. As with the JDK's semaphore, a process may release
 * permits that it does not hold: the processes that acquired first hold as many less, so that those
 * permits do not return again at their death; permits that no process holds are new, and are
 * signals: they do not return when their taker dies.
 *
 * <p>The server's death is a {@link ManagerUnavailableException}, and its semaphores go with it.
 * The next server has a new one with all its permits. So a process that holds permits from before
 * then releases these in vain, before others: they have returned already. A {@code release} that
 * throws is not to be repeated. What one process acquired before and another releases afterwards is
 * new, as no server knows of it.
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
     * Acquires permits together, waiting for them.
     *
     * @param permits how many
     * @throws InterruptedException if this thread is interrupted; it has none of them then
     */
    void acquire(int permits) throws InterruptedException;

    /** Acquires one permit, waiting for it; an interrupt is kept for later. */
    default void acquireUninterruptibly() {
        acquireUninterruptibly(1);
    }

    /**
     * Acquires permits together, waiting for them; an interrupt is kept for later.
     *
     * @param permits how many
     */
    void acquireUninterruptibly(int permits);

    /**
     * Acquires one permit without a thread that waits for it.
     *
     * @return {@code null}, when it was acquired; see {@link #acquireAsync(int)}
     */
    default CompletableFuture<@Nullable Void> acquireAsync() {
        return acquireAsync(1);
    }

    /**
     * Acquires permits together without a thread that waits for them; see {@linkplain
     * dev.procession.manager the package} about asynchronous calls. The call that has waited
     * longest is served first, asynchronous or not. Any thread of this process may release them.
     *
     * @param permits how many
     * @return {@code null}, when all were acquired. If it is cancelled before, this process has
     *     none of them: so cancel it when they are not wanted any more
     */
    CompletableFuture<@Nullable Void> acquireAsync(int permits);

    /**
     * Acquires one permit if there is one and no thread waits for any.
     *
     * @return whether it was acquired
     */
    default boolean tryAcquire() {
        return tryAcquire(1);
    }

    /**
     * Acquires permits if there are enough and no thread waits for any.
     *
     * @param permits how many
     * @return whether all were acquired
     */
    boolean tryAcquire(int permits);

    /**
     * Acquires one permit, waiting for a limited time.
     *
     * @param timeout how long to wait at most
     * @return whether it was acquired
     * @throws InterruptedException if this thread is interrupted; it has no permit then
     */
    default boolean tryAcquire(Duration timeout) throws InterruptedException {
        return tryAcquire(1, timeout);
    }

    /**
     * Acquires permits together, waiting for a limited time.
     *
     * @param permits how many
     * @param timeout how long to wait at most
     * @return whether all were acquired
     * @throws InterruptedException if this thread is interrupted; it has none of them then
     */
    boolean tryAcquire(int permits, Duration timeout) throws InterruptedException;

    /**
     * Releases one permit.
     *
     * @throws Error if more permits would be available than an {@code int} counts, as with the
     *     JDK's
     */
    default void release() {
        release(1);
    }

    /**
     * Releases permits.
     *
     * @param permits how many
     * @throws Error if more permits would be available than an {@code int} counts, as with the
     *     JDK's
     */
    void release(int permits);

    /**
     * Takes permits away for good, without waiting: fewer are available afterwards, perhaps less
     * than none.
     *
     * @param reduction how many
     * @throws Error if fewer permits would be available than an {@code int} counts
     */
    void reducePermits(int reduction);

    /**
     * Returns how many permits are available now.
     *
     * @return the number of a moment ago; negative after a reduction
     */
    int availablePermits();

    /**
     * Acquires all available permits. If there are less than none, those are released.
     *
     * @return how many; negative if they were released
     */
    int drainPermits();
}
