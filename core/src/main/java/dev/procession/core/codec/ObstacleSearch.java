package dev.procession.core.codec;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Searches a graph that could not be serialised for the object that is the obstacle, nearest first.
 * It follows the references that an object stream follows, as far as it can read them, and stops
 * after a bounded number of objects; then the message has no path.
 */
final class ObstacleSearch {

    private static final int MOST_OBJECTS = 100_000;

    private final @Nullable String wanted;
    private final boolean withTransient;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final ArrayDeque<GraphNode> pending = new ArrayDeque<>();
    private @Nullable GraphNode closed;

    /**
     * Prepares a search.
     *
     * @param wanted the name of the class that the stream refused, or null for any that is not
     *     serialisable
     * @param withTransient whether to follow transient fields of classes that have a {@code
     *     writeObject}
     */
    ObstacleSearch(@Nullable String wanted, boolean withTransient) {
        this.wanted = wanted;
        this.withTransient = withTransient;
    }

    /** Returns the nearest obstacle, or null if none is found. */
    @Nullable GraphNode find(Object root) {
        add(GraphNode.root(root));
        for (GraphNode node = pending.poll(); node != null; node = pending.poll()) {
            if (isObstacle(node.value())) {
                return node;
            }
            expand(node);
        }
        return null;
    }

    /** Returns the first object whose content could not be read, or null if there was none. */
    @Nullable GraphNode closed() {
        return closed;
    }

    boolean withTransient() {
        return withTransient;
    }

    /** True when the search takes no more objects. */
    boolean isFull() {
        return seen.size() >= MOST_OBJECTS;
    }

    void add(GraphNode node) {
        if (!isFull() && seen.add(node.value())) {
            pending.add(node);
        }
    }

    void add(GraphNode parent, @Nullable Object value, String label, GraphNode.Advice advice) {
        if (value != null) {
            add(new GraphNode(value, parent, label, advice));
        }
    }

    private boolean isObstacle(Object value) {
        return !(value instanceof Serializable)
                && (wanted == null || wanted.equals(value.getClass().getName()));
    }

    private void expand(GraphNode node) {
        Object value = node.value();
        if (!(value instanceof Serializable) || isLeaf(value)) {
            return;
        }
        try {
            if (value instanceof Object[] array) {
                ContentEdges.addElements(this, node, array);
            } else if (!LambdaEdges.add(this, node)
                    && !FieldEdges.addReplacement(this, node)
                    && !FieldEdges.addFields(this, node)
                    && !ContentEdges.add(this, node)
                    && closed == null) {
                closed = node;
            }
        } catch (RuntimeException | Error unwilling) {
            // The user's collection or writeReplace failed, so the object counts as closed.
            if (closed == null) {
                closed = node;
            }
        }
    }

    private static boolean isLeaf(Object value) {
        String home = value.getClass().getPackageName();
        return ValueWriter.isSimple(value)
                || value instanceof Enum
                || value instanceof Class
                || home.equals("java.math")
                || home.equals("java.time");
    }
}
