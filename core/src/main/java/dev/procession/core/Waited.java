package dev.procession.core;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Futures#waitFor} found when it stopped waiting.
 *
 * <p>Both sets keep the order in which the futures were given and cannot be changed. They are a
 * picture of one moment: a future in {@code notDone} may be done by the time it is looked at.
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
