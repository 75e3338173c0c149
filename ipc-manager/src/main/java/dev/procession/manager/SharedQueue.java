package dev.procession.manager;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;

/**
 * A bounded queue that processes share: Python's {@code Manager().Queue()} as a {@link
 * BlockingQueue}, strictly first in, first out; the thread that has waited longest is served first.
 *
 * <p>An element that {@code take} or {@code poll} has removed is lost if its taker dies. A {@link
 * #lease} removes it only when its work is done.
 *
 * <p>An interrupted {@code take} either throws or returns an element with the interrupt kept; no
 * element is lost. An iteration sees the elements of that time, page by page; an element that
 * {@code remove} or a similar method has removed is taken by no other process. Elements that the
 * target of {@code drainTo} refuses stay at the head; if a process dies while it drains, the
 * elements that it had not taken over return there. No nulls. The server's death is a {@link
 * ManagerUnavailableException}, and the queue's content goes with it.
 *
 * @param <E> the elements: anything serialisable
 */
public interface SharedQueue<E> extends BlockingQueue<E> {

    /**
     * Leases an element to this process: if the process dies before the lease ends, the element
     * returns to the head of the queue. Until then it keeps its place in the capacity.
     *
     * @param timeout how long to wait at most
     * @return the lease, or empty if there was no element in time
     * @throws InterruptedException if this thread was interrupted; no element is taken then
     */
    Optional<Lease<E>> lease(Duration timeout) throws InterruptedException;

    /**
     * A leased element. The lease ends once: by {@link #done}, or by {@link #close} before that,
     * which returns the element to the queue.
     *
     * @param <E> the element
     */
    interface Lease<E> extends AutoCloseable {

        /**
         * The element.
         *
         * @return a copy of the element that was put
         */
        E value();

        /**
         * Ends the lease and removes the element: the work is done.
         *
         * @throws IllegalStateException if the lease has ended; the server may have been started
         *     again
         */
        void done();

        /** Returns the element to the head of the queue, unless the work is {@link #done}. */
        @Override
        void close();
    }
}
