package dev.procession.manager;

/**
 * Is called when entries of a {@link SharedDict} change. Its exceptions are logged.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface DictListener<K, V> {

    /**
     * An entry was put, or its value changed.
     *
     * @param key its key
     * @param value its value now
     */
    void put(K key, V value);

    /**
     * An entry was removed.
     *
     * @param key its key
     */
    default void removed(K key) {}

    /**
     * An entry's time to live has ended.
     *
     * @param key its key
     */
    default void expired(K key) {
        removed(key);
    }

    /**
     * Changes may have been missed, because the connection was broken, the server was started
     * again, or this listener was too slow. A listener that needs the current state has to read it.
     */
    default void missed() {}
}
