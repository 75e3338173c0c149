package dev.procession.manager;

import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/**
 * A barrier that processes share: Python's {@code Manager().Barrier()} with the meanings of {@link
 * java.util.concurrent.CyclicBarrier}, without an action.
 *
 * <p>It breaks when a waiting party is interrupted, times out, or dies; then all waiting parties
 * get a {@link BrokenBarrierException}, and so do later ones until it is reset. The server's death
 * is a {@link ManagerUnavailableException}.
 */
public interface SharedBarrier {

    /**
     * Waits until all parties have arrived.
     *
     * @return 0 for the last to arrive, {@link #parties} less one for the first
     * @throws InterruptedException if this thread is interrupted, which breaks the barrier
     * @throws BrokenBarrierException if the barrier is broken or breaks
     */
    int await() throws InterruptedException, BrokenBarrierException;

    /**
     * Waits until all parties have arrived, for a limited time.
     *
     * @param timeout how long to wait at most
     * @return 0 for the last to arrive, {@link #parties} less one for the first
     * @throws InterruptedException if this thread is interrupted, which breaks the barrier
     * @throws BrokenBarrierException if the barrier is broken or breaks
     * @throws TimeoutException if the time is over, which breaks the barrier
     */
    int await(Duration timeout)
            throws InterruptedException, BrokenBarrierException, TimeoutException;

    /**
     * Returns how many parties have to arrive.
     *
     * @return the number of parties
     */
    int parties();

    /**
     * Returns how many parties wait now.
     *
     * @return the number of a moment ago
     */
    int waiting();

    /**
     * Whether the barrier is broken.
     *
     * @return whether it was a moment ago
     */
    boolean isBroken();

    /**
     * Resets the barrier to its initial state; parties that wait now get a {@link
     * BrokenBarrierException}.
     */
    void reset();
}
