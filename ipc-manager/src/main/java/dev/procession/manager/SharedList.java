package dev.procession.manager;

import java.util.List;

/**
 * A list that processes share: Python's {@code Manager().list()} as a {@link List}.
 *
 * <p>Each method is atomic, the bulk ones as well: {@code sort}, {@code replaceAll} and {@code
 * removeIf} take the whole list, change it here, and start again if somebody was quicker. Iterators
 * and streams take all of it at one moment, as {@code toArray} does, and do not see later changes;
 * an iterator that is to change the list throws a {@link java.util.ConcurrentModificationException}
 * if somebody else has changed it. A {@code subList} has no such moment: its bounds are indices.
 * Between a {@code size()} and a {@code get} the list may change: an index that is no longer there
 * is an {@link IndexOutOfBoundsException}.
 *
 * <p>No nulls. What cannot be serialised fails in the caller's thread; the server's death is a
 * {@link ManagerUnavailableException}.
 *
 * @param <E> the elements: anything serialisable
 */
public interface SharedList<E> extends List<E> {}
