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
 * method is atomic. The function given to {@code compute}, {@code merge} and their kin runs in the
 * caller, outside any lock, again if another process changed the entry meanwhile; a {@link Merge}
 * runs in the server. Several calls one after the other are not atomic: take a lock for that.
 *
 * <p>Iterating sees the map as it was at one moment, page by page, and may remove; an iterator of a
 * server that was started again throws {@link java.util.ConcurrentModificationException}. {@code
 * equals} of values is that of the objects.
 *
 * <p>Wrong key types are an {@link IllegalArgumentException}, values that cannot be serialised a
 * {@link dev.procession.core.UnserializableException}, both in the caller's thread. The server's
 * death is a {@link ManagerUnavailableException}.
 *
 * @param <K> the keys: strings, numbers, booleans, characters, enums, UUIDs, byte arrays, records
 *     of those
 * @param <V> the values: anything serialisable
 */
public interface SharedDict<K, V> extends ConcurrentMap<K, V> {

    /**
     * Puts an entry that ends by itself. Putting it again gives it a new time or none; {@code
     * replace}, {@code compute} and {@code merge} leave its time as it is.
     *
     * @param key its key
     * @param value its value
     * @param timeToLive how long it is there, to the millisecond, on the server's wall clock
     * @return the value before, or {@code null} if there was none
     */
    @Nullable V put(K key, V value, Duration timeToLive);

    /**
     * Gets many entries in one round trip, as they are at one moment.
     *
     * @param keys which
     * @return a new map with those that are there
     * @throws IllegalArgumentException if they are too large for one answer together
     */
    Map<K, V> getAll(Collection<? extends K> keys);

    /**
     * Gets without waiting. Calls that are under way at once share their trips.
     *
     * @param key which
     * @return the value or {@code null}, later; fails as {@code get} would. Dependent actions run
     *     in a thread of the manager's or in one that waits for such a future. They may wait for
     *     others of these futures, and for nothing else: no answer is read meanwhile
     */
    CompletableFuture<@Nullable V> getAsync(K key);

    /**
     * Puts without waiting.
     *
     * @param key its key
     * @param value its value
     * @return the value before or {@code null}, later
     */
    CompletableFuture<@Nullable V> putAsync(K key, V value);

    /**
     * Puts without waiting, if there is no such entry.
     *
     * @param key its key
     * @param value its value
     * @return the value that was there or {@code null}, later
     */
    CompletableFuture<@Nullable V> putIfAbsentAsync(K key, V value);

    /**
     * Removes without waiting.
     *
     * @param key which
     * @return the value before or {@code null}, later
     */
    CompletableFuture<@Nullable V> removeAsync(K key);

    /**
     * Merges in the server without waiting.
     *
     * @param key its key
     * @param value what is merged, or put if there is no such entry
     * @param function how
     * @return the new value, later
     */
    CompletableFuture<V> mergeAsync(K key, V value, Merge<V> function);

    /**
     * Hears of every change from now on, whoever makes it, in the order of the changes.
     *
     * @param listener called by a thread of the manager's, one call after the other
     * @return how to stop
     */
    Watch watch(DictListener<? super K, ? super V> listener);

    /**
     * Hears of every change of one entry from now on.
     *
     * @param key which
     * @param listener called by a thread of the manager's, one call after the other
     * @return how to stop
     */
    Watch watch(K key, DictListener<? super K, ? super V> listener);

    /** A watch of a dict; closing it ends it. A call that has begun is not waited for. */
    interface Watch extends AutoCloseable {

        /** Watches no more. */
        @Override
        void close();
    }
}
