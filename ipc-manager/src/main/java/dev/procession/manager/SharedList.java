package dev.procession.manager;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A list that processes share: Python's {@code Manager().list()} as a {@link List}.
 *
 * <p>Each method is atomic, bulk methods too: {@code sort}, {@code replaceAll}, {@code removeIf}
 * and their like read the whole list, decide in the caller, and start again if another process was
 * faster. Then {@code removeIf}, {@code removeAll} and {@code retainAll} send only which elements
 * go, unless these lie in more than 4,096 places; {@code sort} and {@code replaceAll} send the
 * whole list, even for a small change, and fail if it is larger than {@link
 * ManagerBuilder#maxMessageBytes}. Iterators and streams read the list as it is at one moment, as
 * {@code toArray} does, and do not see later changes; an iterator's change throws a {@link
 * java.util.ConcurrentModificationException} if the list was changed otherwise. A {@code subList}
 * has no such moment: its bounds are indices; {@code sort} and {@code replaceAll} of one are
 * atomic. Between a {@code size()} and a {@code get} the list may change: an index that is no
 * longer there is an {@link IndexOutOfBoundsException}.
 *
 * <p>No nulls. An element that cannot be serialised fails in the caller's thread; the server's
 * death is a {@link ManagerUnavailableException}.
 *
 * @param <E> the elements: anything serialisable
 */
public interface SharedList<E> extends List<E> {

    /**
     * Asks for the number of elements without waiting; see {@linkplain dev.procession.manager the
     * package} about asynchronous calls.
     *
     * @return the number, later
     */
    CompletableFuture<Integer> sizeAsync();

    /**
     * Gets an element without waiting.
     *
     * @param index its index
     * @return the element, later; fails with an {@link IndexOutOfBoundsException} if there is none
     */
    CompletableFuture<E> getAsync(int index);

    /**
     * Replaces an element without waiting.
     *
     * @param index its index
     * @param element the new one
     * @return the element before, later; fails with an {@link IndexOutOfBoundsException} if there
     *     was none
     */
    CompletableFuture<E> setAsync(int index, E element);

    /**
     * Adds an element at the end without waiting.
     *
     * @param element which
     * @return {@code true}, when the element was added
     */
    CompletableFuture<Boolean> addAsync(E element);

    /**
     * Removes an element without waiting.
     *
     * @param index its index
     * @return the element, later; fails with an {@link IndexOutOfBoundsException} if there was none
     */
    CompletableFuture<E> removeAsync(int index);
}
