package dev.procession.core;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The result of {@link Futures#waitFor}: which futures are done and which are not.
 *
 * <p>Both sets keep the order in which the futures were given and are unmodifiable. They are a
 * snapshot: a future in {@code notDone} may be done by the time the caller reads it.
 *
 * @param done the futures that had a result, had failed or had been cancelled
 * @param notDone the others
 * @param <V> the type of the futures' results
 */
public record Waited<V extends @Nullable Object>(Set<Future<V>> done, Set<Future<V>> notDone) {

    /**
     * Copies both sets, keeping their order.
     *
     * @param done the futures that are done
     * @param notDone the others
     */
    public Waited {
        done = Collections.unmodifiableSet(new LinkedHashSet<>(done));
        notDone = Collections.unmodifiableSet(new LinkedHashSet<>(notDone));
    }
}
