package dev.procession.manager;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values with names that processes share: Python's {@code Manager().Namespace()}. Java has no
 * attributes that come and go, so they are got and set by name. Each method is atomic. The server's
 * death is a {@link ManagerUnavailableException}.
 */
public interface SharedNamespace {

    /**
     * The value with a name.
     *
     * @param name which
     * @param type what it is expected to be
     * @param <T> the same
     * @return a copy of it, or {@code null} if there is none
     * @throws ClassCastException if it is something else
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
     * All values at one moment.
     *
     * @return a new map
     */
    Map<String, Object> toMap();
}
