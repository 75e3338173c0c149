package dev.procession.manager;

import java.time.Duration;

/**
 * A flag that processes share and can wait for: Python's {@code Manager().Event()}. Unlike a {@link
 * java.util.concurrent.CountDownLatch} it can be cleared. A dead waiter is removed. The server's
 * death is a {@link ManagerUnavailableException}.
 */
public interface SharedEvent {

    /** Sets the flag and wakes all threads that wait for it. */
    void set();

    /** Clears the flag. */
    void clear();

    /**
     * Whether the flag is set.
     *
     * @return whether it was set a moment ago
     */
    boolean isSet();

    /**
     * Waits until the flag is set.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    void await() throws InterruptedException;

    /**
     * Waits until the flag is set, for a limited time.
     *
     * @param timeout how long to wait at most
     * @return whether it was set
     * @throws InterruptedException if this thread is interrupted
     */
    boolean await(Duration timeout) throws InterruptedException;
}
