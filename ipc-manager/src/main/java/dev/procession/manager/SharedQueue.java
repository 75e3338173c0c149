package dev.procession.manager;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue that processes share: Python's {@code Manager().Queue()} as a {@link
 * BlockingQueue}, strictly first in, first out; the thread that has waited longest is served first.
 *
 * <p>An element that {@code take} or {@code poll} has removed is lost if its taker dies. A {@link
 * #lease} removes it only when its work is done. An element that cannot be decoded in its taker's
 * process, because that does not know its class for example, goes back to the head, and {@code
 * take} throws; so it is there for others, and is in the way for this process. Whatever returns
 * comes in the order in which it was put, before all that was put later.
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
     * Puts an element without a thread that waits for room; see {@linkplain dev.procession.manager
     * the package} about asynchronous calls. Elements get their places in the order of the calls.
     *
     * @param element which
     * @return {@code null}, when the element is in the queue. If it is cancelled before, the
     *     element does not stay there, unless it was taken already
     */
    CompletableFuture<@Nullable Void> putAsync(E element);

    /**
     * Puts an element without waiting, if there is room when the request comes to the server.
     *
     * @param element which
     * @return whether it was put, later
     */
    CompletableFuture<Boolean> offerAsync(E element);

    /**
     * Takes the head without a thread that waits for it. The call that has waited longest is served
     * first, asynchronous or not.
     *
     * @return the element, when there is one. If it is cancelled before, the element stays in the
     *     queue: so cancel it when it is not wanted any more
     */
    CompletableFuture<E> takeAsync();

    /**
     * Takes the head without waiting, if there is one when the request comes to the server.
     *
     * @return the element or {@code null}, later
     */
    CompletableFuture<@Nullable E> pollAsync();

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
