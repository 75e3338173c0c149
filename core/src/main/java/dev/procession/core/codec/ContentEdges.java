package dev.procession.core.codec;

import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The content of JDK objects, as steps of an {@link ObstacleSearch}. It is read by their public
 * methods because their fields are not accessible.
 */
final class ContentEdges {

    private static final int LONGEST_KEY = 40;

    private ContentEdges() {}

    /** Adds the content of a JDK object; returns false if this class cannot read it. */
    static boolean add(ObstacleSearch search, GraphNode node) {
        Object value = node.value();
        if (value instanceof Collection<?> collection) {
            addCollection(search, node, collection);
        } else if (value instanceof Map<?, ?> map) {
            addMap(search, node, map);
        } else if (value instanceof Throwable throwable) {
            content(search, node, throwable.getCause(), "cause");
            for (Throwable suppressed : throwable.getSuppressed()) {
                content(search, node, suppressed, "suppressed exception");
            }
        } else if (value instanceof AtomicReference<?> reference) {
            content(search, node, reference.get(), "AtomicReference.value");
        } else if (Proxy.isProxyClass(value.getClass())) {
            content(search, node, Proxy.getInvocationHandler(value), "invocation handler");
        } else {
            return false;
        }
        return true;
    }

    static void addElements(ObstacleSearch search, GraphNode node, Object[] array) {
        for (int i = 0; i < array.length; i++) {
            search.add(node, array[i], "[" + i + "]", GraphNode.Advice.ELEMENT);
        }
    }

    private static void addCollection(
            ObstacleSearch search, GraphNode node, Collection<?> collection) {
        if (collection instanceof SortedSet<?> sorted) {
            content(search, node, sorted.comparator(), "comparator");
        } else if (collection instanceof PriorityQueue<?> sorted) {
            content(search, node, sorted.comparator(), "comparator");
        }
        boolean indexed = collection instanceof List;
        int index = 0;
        for (Object element : collection) {
            if (search.isFull()) {
                return;
            }
            String label = indexed ? "[" + index++ + "]" : "element";
            search.add(node, element, label, GraphNode.Advice.ELEMENT);
        }
    }

    private static void addMap(ObstacleSearch search, GraphNode node, Map<?, ?> map) {
        if (map instanceof SortedMap<?, ?> sorted) {
            content(search, node, sorted.comparator(), "comparator");
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (search.isFull()) {
                return;
            }
            Object key = entry.getKey();
            search.add(node, key, "key", GraphNode.Advice.ELEMENT);
            search.add(node, entry.getValue(), "[" + describe(key) + "]", GraphNode.Advice.ELEMENT);
        }
    }

    private static void content(
            ObstacleSearch search, GraphNode node, @Nullable Object value, String label) {
        search.add(node, value, label, GraphNode.Advice.CONTENT);
    }

    /** Shows short keys of simple types; never calls a user's {@code toString}. */
    private static String describe(@Nullable Object key) {
        if (key instanceof String text) {
            return text.length() <= LONGEST_KEY
                    ? "\"" + text + "\""
                    : "\"" + text.substring(0, LONGEST_KEY) + "…\"";
        }
        if (ValueWriter.isSimple(key)) {
            return String.valueOf(key);
        }
        return key instanceof Enum<?> constant ? constant.name() : TypeNames.full(key.getClass());
    }
}
