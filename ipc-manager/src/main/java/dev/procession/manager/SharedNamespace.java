package dev.procession.manager;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Named values that processes share: Python's {@code Manager().Namespace()}. Java has no dynamic
 * attributes, so the values are read and set by name. Each method is atomic. The server's death is
 * a {@link ManagerUnavailableException}.
 */
public interface SharedNamespace {

    /**
     * Returns the value with a name.
     *
     * @param name which
     * @param type the expected type
     * @param <T> the expected type
     * @return a copy of it, or {@code null} if there is none
     * @throws ClassCastException if it has another type
     */
    <T> @Nullable T get(String name, Class<T> type);

    /**
     * Sets a value.
     *
     * @param name which
     * @param value anything serialisable
     */
    void set(String name, Object value);

    /**
     * Removes a value.
     *
     * @param name which
     * @return whether there was one
     */
    boolean remove(String name);

    /**
     * Returns all values, as they are at one moment.
     *
     * @return a new map
     */
    Map<String, Object> toMap();
}
