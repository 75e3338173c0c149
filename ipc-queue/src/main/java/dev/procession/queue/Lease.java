package dev.procession.queue;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An element that was taken on approval, by {@link ProcessQueue#takeLeased}. It is gone from the
 * queue when it is {@linkplain #acknowledge acknowledged}; it comes back, at the head, when it is
 * {@linkplain #release released} or its process dies before.
 *
 * <pre>{@code
 * try (Lease<Job> lease = queue.takeLeased()) {
 *     lease.element().run();
 *     lease.acknowledge();
 * }
 * }</pre>
 *
 * <p>Thread-safe. Belongs to the process that took it, and does not travel.
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
     * What was taken.
     *
     * @return the element, the same object at each call
     */
    public E element() {
        return element;
    }

    /**
     * Says that the element is done with: it does not come back. It counts as done for {@link
     * ProcessQueue#join()}.
     *
     * @throws IllegalStateException if the lease has ended already
     */
    public void acknowledge() {
        if (!ended.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "this lease has ended: it was acknowledged or released");
        }
        core.consumer().acknowledge(lease);
    }

    /** Gives the element back to the head of the queue. Does nothing if the lease has ended. */
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
