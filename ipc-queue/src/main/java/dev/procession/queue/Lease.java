package dev.procession.queue;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An element that was taken on approval, by {@link ProcessQueue#takeLeased}. It leaves the queue
 * for good when it is {@linkplain #acknowledge acknowledged}; it returns to the head of the queue
 * when it is {@linkplain #release released}, or when the process dies before either.
 *
 * <pre>{@code
 * try (Lease<Job> lease = queue.takeLeased()) {
 *     lease.element().run();
 *     lease.acknowledge();
 * }
 * }</pre>
 *
 * <p>Thread-safe. A lease belongs to the process that took it and cannot be sent to another one.
 *
 * @param <E> the element
 */
public final class Lease<E> implements AutoCloseable {

    private final QueueCore core;
    private final int lease;
    private final E element;
    private final AtomicBoolean ended = new AtomicBoolean();

    Lease(QueueCore core, int lease, E element) {
        this.core = core;
        this.lease = lease;
        this.element = element;
    }

    /**
     * Returns the element.
     *
     * @return the element, the same object at each call
     */
    public E element() {
        return element;
    }

    /**
     * Removes the element from the queue for good. It counts as done for {@link
     * ProcessQueue#join()}.
     *
     * @throws IllegalStateException if the element was acknowledged or released before
     */
    public void acknowledge() {
        if (!ended.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "this lease has ended: the element was acknowledged or released");
        }
        core.consumer().acknowledge(lease);
    }

    /** Returns the element to the head of the queue. Does nothing if the lease has ended. */
    public void release() {
        if (ended.compareAndSet(false, true)) {
            core.consumer().giveBack(lease);
        }
    }

    /** Releases the element if it was not acknowledged. */
    @Override
    public void close() {
        release();
    }
}
