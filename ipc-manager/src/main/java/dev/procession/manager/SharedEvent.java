package dev.procession.manager;

import java.time.Duration;

/**
 * A flag that processes share and can wait for: Python's {@code Manager().Event()}. Unlike a {@link
 * java.util.concurrent.CountDownLatch} it can be cleared. A waiter that dies is forgotten. The
 * server's death is a {@link ManagerUnavailableException}.
 */
public interface SharedEvent {

    /** Sets the flag and wakes everybody who waits for it. */
    void set();

    /** Clears the flag. */
    void clear();

    /**
     * Whether the flag is set.
     *
     * @return whether it was a moment ago
     */
    boolean isSet();

    /**
     * Waits until the flag is set.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    void await() throws InterruptedException;

    /**
     * Waits until the flag is set, for a while.
     *
     * @param timeout how long at most
     * @return whether it was set
     * @throws InterruptedException if this thread is interrupted
     */
    boolean await(Duration timeout) throws InterruptedException;
}
