package dev.procession.manager;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A map that processes share: Python's {@code Manager().dict()} as a {@link ConcurrentMap}.
 *
 * <p>Like {@link java.util.concurrent.ConcurrentHashMap} it takes no null keys or values, and each
 * method on one entry is atomic; so is {@code clear}. {@code putAll} puts up to 4,096 entries, of
 * about a megabyte together, at one moment, and {@link #getAll} reads up to 4,096 at one moment;
 * with more, other processes may see and change the dict between such parts, so that no request
 * holds the server up. If one of several parts fails, as a value cannot be serialised or the server
 * is full, those before it stay put, and the rest is not put. The function of {@code compute},
 * {@code merge} and similar methods runs in the caller, outside any lock, and again if another
 * process changed the entry meanwhile; a {@link Merge} runs in the server. A sequence of calls is
 * not atomic: use a lock for that.
 *
 * <p>An iteration sees the map as it was at one moment, page by page, and may remove entries. The
 * iterator throws a {@link java.util.ConcurrentModificationException} if the server was started
 * again, if the iteration was not continued for five minutes, if this process began more than 256
 * others meanwhile that have not come to their end, and if there is no room for what the iteration
 * keeps (see {@link ManagerBuilder#maxBytes}). {@code removeIf} and similar methods of the views
 * remove an entry only with the value for which they chose it. Values are compared by {@code
 * equals} of the objects.
 *
 * <p><b>Time to live.</b> An entry that is written with a duration expires when that time is over,
 * to the millisecond, by the server's wall clock; then it is absent. Each write with a duration
 * sets the time anew, and {@link #touch} does so without a value. Of the writes without a duration,
 * {@code put}, {@code set}, {@code putAll}, and {@code setValue} of an entry make the entry live
 * for ever, even if it was to expire. All others ({@code replace}, {@code compute}, {@code merge}
 * and their like) keep the time that the entry has; an entry that they make lives for ever.
 * Durations are positive; more than a century is for ever.
 *
 * <p>A key of another type throws an {@link IllegalArgumentException} where it is put, and is not
 * found where it is looked for or removed. A value that cannot be serialised throws a {@link
 * dev.procession.core.UnserializableException}. Both fail in the caller's thread. The server's
 * death is a {@link ManagerUnavailableException}.
 *
 * @param <K> the keys: strings, numbers, booleans, characters, enums, UUIDs, byte arrays, records
 *     of those
 * @param <V> the values: anything serialisable
 */
public interface SharedDict<K, V> extends ConcurrentMap<K, V> {

    /**
     * Puts an entry that expires.
     *
     * @param key its key
     * @param value its value
     * @param timeToLive the time until it expires
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
     * Puts an entry that expires, if there is none with this key; one that is there keeps its time.
     *
     * @param key its key
     * @param value its value
     * @param timeToLive the time until it expires
     * @return the value that was there, or {@code null} if it was put
     */
    @Nullable V putIfAbsent(K key, V value, Duration timeToLive);

    /**
     * Puts entries that expire, all after the same time.
     *
     * @param entries which
     * @param timeToLive the time until they expire
     */
    void putAll(Map<? extends K, ? extends V> entries, Duration timeToLive);

    /**
     * Replaces a value, if there is an entry with this key, and sets the time until it expires.
     *
     * @param key its key
     * @param value the new value
     * @param timeToLive the time until it expires
     * @return the value before, or {@code null} if there was none, and is none now
     */
    @Nullable V replaceIfPresent(K key, V value, Duration timeToLive);

    /**
     * Replaces a value, if it equals the expected one, and sets the time until it expires.
     *
     * @param key its key
     * @param oldValue the value that is expected
     * @param newValue the new value
     * @param timeToLive the time until it expires
     * @return whether it was replaced
     */
    boolean replace(K key, V oldValue, V newValue, Duration timeToLive);

    /**
     * Computes an entry as {@code compute} does, and sets the time until it expires.
     *
     * @param key its key
     * @param function of the key and its value, or {@code null} if it has none
     * @param timeToLive the time until the entry expires
     * @return the new value, or {@code null} if there is no entry now
     */
    @Nullable V compute(
            K key,
            BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function,
            Duration timeToLive);

    /**
     * Computes an entry that expires, if there is none with this key; one that is there keeps its
     * time.
     *
     * @param key its key
     * @param function of the key
     * @param timeToLive the time until the entry expires
     * @return the value that is there now, or {@code null} if the function gave none
     */
    @Nullable V computeIfAbsent(
            K key, Function<? super K, ? extends @Nullable V> function, Duration timeToLive);

    /**
     * Computes an entry from its value, if there is one, and sets the time until it expires.
     *
     * @param key its key
     * @param function of the key and its value
     * @param timeToLive the time until the entry expires
     * @return the new value, or {@code null} if there is no entry now
     */
    @Nullable V computeIfPresent(
            K key,
            BiFunction<? super K, ? super V, ? extends @Nullable V> function,
            Duration timeToLive);

    /**
     * Merges a value into an entry as {@code merge} does, and sets the time until it expires; by
     * one round trip, if the function is a {@link Merge}.
     *
     * @param key its key
     * @param value the value to merge, or to put if there is no such entry
     * @param function of the value that is there and the given one
     * @param timeToLive the time until the entry expires
     * @return the new value, or {@code null} if there is no entry now
     */
    @Nullable V merge(
            K key,
            V value,
            BiFunction<? super V, ? super V, ? extends @Nullable V> function,
            Duration timeToLive);

    /**
     * Sets the time until an entry expires, whether it was to expire or not. Its value stays, is
     * not brought, and no listener is called.
     *
     * @param key which
     * @param timeToLive the time until it expires
     * @return whether there is such an entry
     */
    boolean touch(K key, Duration timeToLive);

    /**
     * Gets many entries in one round trip for each 4,096 of them, which are as they are at one
     * moment.
     *
     * @param keys which
     * @return a new map with the entries that exist
     * @throws IllegalArgumentException if 4,096 of them are too large for one answer together
     */
    Map<K, V> getAll(Collection<? extends K> keys);

    /**
     * Gets a value without waiting; see {@linkplain dev.procession.manager the package} about
     * asynchronous calls.
     *
     * @param key which
     * @return the value or {@code null}, later; fails as {@code get} would
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
     * Puts an entry without waiting, and does not bring the value before.
     *
     * @param key its key
     * @param value its value
     * @return {@code null}, when the entry was put
     */
    CompletableFuture<@Nullable Void> setAsync(K key, V value);

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
