package dev.procession.pipe;

import dev.procession.core.ChildProcess;
import java.util.Set;

/**
 * The result of {@link Connection#waitAny(java.util.Collection, java.util.Collection,
 * java.time.Duration)}.
 *
 * @param connections the connections that have a message or are at their end
 * @param children the children that have ended
 */
public record Awaited(Set<Connection<?>> connections, Set<ChildProcess<?>> children) {

    /**
     * Copies both sets.
     *
     * @param connections the connections that have a message or are at their end
     * @param children the children that have ended
     */
    public Awaited {
        connections = Set.copyOf(connections);
        children = Set.copyOf(children);
    }

    /**
     * Returns whether the time ran out before anything was ready.
     *
     * @return true if both sets are empty
     */
    public boolean isEmpty() {
        return connections.isEmpty() && children.isEmpty();
    }
}
