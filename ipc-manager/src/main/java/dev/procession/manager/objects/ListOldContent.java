package dev.procession.manager.objects;

import dev.procession.manager.stream.ServerStats;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Counts what the iterations of one list keep of elements that have gone. They share chunks of
 * elements, so it counts what they keep at most: what has gone since the first of them began, but
 * no more than all of them had when they began.
 */
final class ListOldContent {

    private final ServerStats stats;
    private final ElementList elements;

    /** In the order in which they began. */
    private final Set<ListSnapshot> open = new LinkedHashSet<>();

    /** What all of them had when they began. */
    private long had;

    private long counted;

    ListOldContent(ServerStats stats, ElementList elements) {
        this.stats = stats;
        this.elements = elements;
    }

    /** What has gone from the list since it was made. */
    long gone() {
        return elements.goneBytes();
    }

    /** What the list has. */
    long has() {
        return elements.bytes() + ServerStats.ELEMENT_BYTES * elements.size();
    }

    void began(ListSnapshot snapshot) {
        open.add(snapshot);
        had += snapshot.had();
        changed();
    }

    void ended(ListSnapshot snapshot) {
        if (open.remove(snapshot)) {
            had -= snapshot.had();
            changed();
        }
    }

    /** The list, or its iterations, have changed. */
    void changed() {
        long now = open.isEmpty() ? 0 : Math.min(had, gone() - open.iterator().next().goneBefore());
        stats.oldContent(now - counted);
        counted = now;
    }
}
