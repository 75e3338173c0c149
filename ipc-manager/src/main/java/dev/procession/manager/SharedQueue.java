package dev.procession.manager;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;

/**
 * A bounded queue that processes share: Python's {@code Manager().Queue()} as a {@link
 * BlockingQueue}, strictly first in, first out; whoever waits longest is served first.
 *
 * <p>An element that {@code take} or {@code poll} has removed is gone also when the taker dies at
 * once. {@link #lease} removes it for good only when the work is done.
 *
 * <p>An interrupted {@code take} either throws or returns an element with the interrupt kept; no
 * element is lost. Iterating sees what is there, page by page; what {@code remove} and its kin say
 * they removed, nobody else takes. What the target of {@code drainTo} refuses stays at the head,
 * and what a process had not drained whole when it died returns there. No nulls. The server's death
 * is a {@link ManagerUnavailableException}, and the queue's content goes with it.
 *
 * @param <E> the elements: anything serialisable
 */
public interface SharedQueue<E> extends BlockingQueue<E> {

    /**
     * Takes an element for as long as this process lives: when it dies first the element returns to
     * the head of the queue. Until then it keeps its place in the capacity.
     *
     * @param timeout how long to wait at most
     * @return the lease, or empty if the time was over first
     * @throws InterruptedException if this thread was interrupted; no element is taken then
     */
    Optional<Lease<E>> lease(Duration timeout) throws InterruptedException;

    /**
     * An element on lease. It ends once: by {@link #done}, or by {@link #close} without it, which
     * gives the element back.
     *
     * @param <E> the element
     */
    interface Lease<E> extends AutoCloseable {

        /**
         * The element.
         *
         * @return a copy of what was put
         */
        E value();

        /**
         * The work is done, the element gone for good.
         *
         * @throws IllegalStateException if the lease is not this process's any more: the server was
         *     started again meanwhile
         */
        void done();

        /** Returns the element to the head of the queue, unless the work is {@link #done}. */
        @Override
        void close();
    }
}
