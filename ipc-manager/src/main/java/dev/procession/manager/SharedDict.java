package dev.procession.manager;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * A map that processes share: Python's {@code Manager().dict()} as a {@link ConcurrentMap}.
 *
 * <p>Like {@link java.util.concurrent.ConcurrentHashMap} it takes no null keys or values, and each
 * method is atomic. The function of {@code compute}, {@code merge} and similar methods runs in the
 * caller, outside any lock, and again if another process changed the entry meanwhile; a {@link
 * Merge} runs in the server. A sequence of calls is not atomic: use a lock for that.
 *
 * <p>An iteration sees the map as it was at one moment, page by page, and may remove entries; if
 * the server was started again, the iterator throws {@link
 * java.util.ConcurrentModificationException}. Values are compared by {@code equals} of the objects.
 *
 * <p>A key of another type throws an {@link IllegalArgumentException}, a value that cannot be
 * serialised a {@link dev.procession.core.UnserializableException}, both in the caller's thread.
 * The server's death is a {@link ManagerUnavailableException}.
 *
 * @param <K> the keys: strings, numbers, booleans, characters, enums, UUIDs, byte arrays, records
 *     of those
 * @param <V> the values: anything serialisable
 */
public interface SharedDict<K, V> extends ConcurrentMap<K, V> {

    /**
     * Puts an entry that expires. Putting it again sets a new time to live, or none; {@code
     * replace}, {@code compute} and {@code merge} leave it as it is.
     *
     * @param key its key
     * @param value its value
     * @param timeToLive the time until it expires, to the millisecond, by the server's wall clock
     * @return the value before, or {@code null} if there was none
     */
    @Nullable V put(K key, V value, Duration timeToLive);

    /**
     * Puts an entry as {@code put} does, but does not bring the value before, which may be large or
     * of a class that is not known here.
     *
     * @param key its key
     * @param value its value
     */
    void set(K key, V value);

    /**
     * Puts an entry that expires, as {@link #put(Object, Object, Duration)} does, but does not
     * bring the value before.
     *
     * @param key its key
     * @param value its value
     * @param timeToLive the time until it expires
     */
    void set(K key, V value, Duration timeToLive);

    /**
     * Gets many entries in one round trip, as they are at one moment.
     *
     * @param keys which
     * @return a new map with the entries that exist
     * @throws IllegalArgumentException if they are too large for one answer together
     */
    Map<K, V> getAll(Collection<? extends K> keys);

    /**
     * Gets a value without waiting. Calls that are under way at the same time share their trips.
     *
     * @param key which
     * @return the value or {@code null}, later; fails as {@code get} would. Dependent actions run
     *     in a thread of the manager's or in one that waits for such a future. They may wait for
     *     others of these futures, and for nothing else: no answer is read meanwhile
     */
    CompletableFuture<@Nullable V> getAsync(K key);

    /**
     * Puts an entry without waiting.
     *
     * @param key its key
     * @param value its value
     * @return the value before or {@code null}, later
     */
    CompletableFuture<@Nullable V> putAsync(K key, V value);

    /**
     * Puts an entry without waiting, if there is none with this key.
     *
     * @param key its key
     * @param value its value
     * @return the value that was there or {@code null}, later
     */
    CompletableFuture<@Nullable V> putIfAbsentAsync(K key, V value);

    /**
     * Removes an entry without waiting.
     *
     * @param key which
     * @return the value before or {@code null}, later
     */
    CompletableFuture<@Nullable V> removeAsync(K key);

    /**
     * Merges a value in the server without waiting.
     *
     * @param key its key
     * @param value the value to merge, or to put if there is no such entry
     * @param function how the values are merged
     * @return the new value, later
     */
    CompletableFuture<V> mergeAsync(K key, V value, Merge<V> function);

    /**
     * Calls a listener for every change from now on, by any process, in the order of the changes.
     *
     * @param listener called by a thread of the manager, one call after the other
     * @return the watch; closing it ends it
     */
    Watch watch(DictListener<? super K, ? super V> listener);

    /**
     * Calls a listener for every change of one entry from now on.
     *
     * @param key which
     * @param listener called by a thread of the manager, one call after the other
     * @return the watch; closing it ends it
     */
    Watch watch(K key, DictListener<? super K, ? super V> listener);

    /**
     * A watch of a dict; closing it ends it, without waiting for a call of the listener that has
     * begun.
     */
    interface Watch extends AutoCloseable {

        /** Ends the watch. */
        @Override
        void close();
    }
}
