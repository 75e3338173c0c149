package dev.procession.manager;

import java.util.Set;

/**
 * A set that processes share, as a {@link Set}. Its elements are of the types that keys of a {@link
 * SharedDict} have, and the server compares them. Each method on one element is atomic; an
 * iteration sees the set as it was at one moment.
 *
 * <p>No nulls. The server's death is a {@link ManagerUnavailableException}.
 *
 * @param <E> the elements: strings, numbers, booleans, characters, enums, UUIDs, byte arrays,
 *     records of those
 */
public interface SharedSet<E> extends Set<E> {}
