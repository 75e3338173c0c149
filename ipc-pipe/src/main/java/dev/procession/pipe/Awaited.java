package dev.procession.pipe;

import dev.procession.core.ChildProcess;
import java.util.Set;

/**
 * What {@link Connection#waitAny(java.util.Collection, java.util.Collection, java.time.Duration)}
 * found.
 *
 * @param connections those with a message, or at their end
 * @param children those that have ended
 */
public record Awaited(Set<Connection<?>> connections, Set<ChildProcess<?>> children) {

    /**
     * Copies both.
     *
     * @param connections those with a message, or at their end
     * @param children those that have ended
     */
    public Awaited {
        connections = Set.copyOf(connections);
        children = Set.copyOf(children);
    }

    /**
     * Whether the time was over before anything happened.
     *
     * @return true if there is nothing here
     */
    public boolean isEmpty() {
        return connections.isEmpty() && children.isEmpty();
    }
}
