package dev.procession.manager;

import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/**
 * A barrier that processes share: Python's {@code Manager().Barrier()} with the meanings of {@link
 * java.util.concurrent.CyclicBarrier}, without an action.
 *
 * <p>It breaks when a party that waits is interrupted, has waited long enough, or is dead; then all
 * that wait get a {@link BrokenBarrierException}, and so does whoever comes later, until it is
 * reset. The server's death is a {@link ManagerUnavailableException}.
 */
public interface SharedBarrier {

    /**
     * Waits until all parties have come.
     *
     * @return 0 for the last to come, {@link #parties} less one for the first
     * @throws InterruptedException if this thread is interrupted, which breaks the barrier
     * @throws BrokenBarrierException if the barrier is broken or breaks
     */
    int await() throws InterruptedException, BrokenBarrierException;

    /**
     * Waits until all parties have come, for a while.
     *
     * @param timeout how long at most
     * @return 0 for the last to come, {@link #parties} less one for the first
     * @throws InterruptedException if this thread is interrupted, which breaks the barrier
     * @throws BrokenBarrierException if the barrier is broken or breaks
     * @throws TimeoutException if the time is over, which breaks the barrier
     */
    int await(Duration timeout)
            throws InterruptedException, BrokenBarrierException, TimeoutException;

    /**
     * How many have to come.
     *
     * @return the number of parties
     */
    int parties();

    /**
     * How many wait now.
     *
     * @return the number a moment ago
     */
    int waiting();

    /**
     * Whether the barrier is broken.
     *
     * @return whether it was a moment ago
     */
    boolean isBroken();

    /** Mends the barrier; who waits now gets a {@link BrokenBarrierException}. */
    void reset();
}
