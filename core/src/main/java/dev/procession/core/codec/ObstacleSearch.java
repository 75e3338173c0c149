package dev.procession.core.codec;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the object that kept a graph from being serialised, nearest first, after that has
 * failed. It follows what the object stream would follow as far as it can see it, and gives up
 * after a bounded number of objects: the worst that it can do is not to find the way.
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
     * @param wanted the name of the class that the stream complained about, or null for any that is
     *     not serialisable
     * @param withTransient whether to look into transient fields of classes that write themselves
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

    /** Returns the first object that could not be looked into, or null if there was none. */
    @Nullable GraphNode closed() {
        return closed;
    }

    boolean withTransient() {
        return withTransient;
    }

    /** Whether no more objects are taken. */
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
            // The user's collection or writeReplace failed; whatever it hides stays hidden.
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
