package dev.procession.manager;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A set that processes share, as a {@link Set}. Its elements are of the types that keys of a {@link
 * SharedDict} have, and the server compares them. Each method on one element is atomic, and so is
 * {@code clear}; {@code addAll} adds up to 4,096 elements, of about a megabyte together, at one
 * moment, and more in such parts; if one of these fails, those before it stay. An iteration sees
 * the set as it was at one moment.
 *
 * <p>An element that is added with a duration is removed when that time is over. Adding it again,
 * with or without one, keeps the time that it has; {@link #touch} sets another one.
 *
 * <p>No nulls. The server's death is a {@link ManagerUnavailableException}.
 *
 * @param <E> the elements: strings, numbers, booleans, characters, enums, UUIDs, byte arrays,
 *     records of those
 */
public interface SharedSet<E> extends Set<E> {

    /**
     * Adds an element that expires, unless it is there.
     *
     * @param element which
     * @param timeToLive the time until it is removed
     * @return whether it was added
     */
    boolean add(E element, Duration timeToLive);

    /**
     * Sets the time until an element is removed.
     *
     * @param element which
     * @param timeToLive the time until it is removed
     * @return whether the set has this element
     */
    boolean touch(E element, Duration timeToLive);

    /**
     * Adds an element without waiting, unless it is there; see {@linkplain dev.procession.manager
     * the package} about asynchronous calls.
     *
     * @param element which
     * @return whether it was added, later
     */
    CompletableFuture<Boolean> addAsync(E element);

    /**
     * Removes an element without waiting.
     *
     * @param element which
     * @return whether it was removed, later
     */
    CompletableFuture<Boolean> removeAsync(E element);

    /**
     * Looks for an element without waiting.
     *
     * @param element which
     * @return whether the set has it, later
     */
    CompletableFuture<Boolean> containsAsync(E element);
}
