package dev.procession.core.codec;

import org.jspecify.annotations.Nullable;

/**
 * An object that {@link ObstacleSearch} has reached, and how it was reached.
 *
 * @param value the object
 * @param parent the node that refers to it, or null for the root
 * @param label the last step, as a message shows it; empty for the root
 * @param advice what the user can do if this object is the obstacle
 */
record GraphNode(Object value, @Nullable GraphNode parent, String label, Advice advice) {

    /** What the user can do about an obstacle, by the kind of step that led to it. */
    enum Advice {
        ROOT("implement java.io.Serializable, or create it where it is used"),
        FIELD("make the field transient, or create it where it is used"),
        ARGUMENT("do not capture it, create it inside the task"),
        THIS("copy the fields that the lambda uses to local variables, or make it Serializable"),
        ENCLOSING("make the inner class static, or a lambda"),
        ELEMENT("leave it out, or create it where it is used"),
        CONTENT("leave it out, or create it where it is used");

        private final String text;

        Advice(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    static GraphNode root(Object value) {
        return new GraphNode(value, null, "", Advice.ROOT);
    }

    /** The replacement of this object, at the same place. */
    GraphNode replacedBy(Object replacement) {
        return new GraphNode(replacement, parent, label, advice);
    }

    /** Joins the labels from the root to this node. */
    String path() {
        StringBuilder path = new StringBuilder(label);
        for (GraphNode node = parent; node != null; node = node.parent) {
            if (!node.label.isEmpty()) {
                path.insert(0, node.label + " → ");
            }
        }
        return path.toString();
    }
}
