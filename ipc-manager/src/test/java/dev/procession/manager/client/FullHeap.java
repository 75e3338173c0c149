package dev.procession.manager.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes all memory of a small heap, so that a test can have an operation fail at each of its
 * allocations. The operation has to have run before, or classes are loaded without memory.
 */
final class FullHeap {

    private static final int BLOCK_BYTES = 1 << 16;

    /** Takes 16 bytes, the least that an object takes. */
    private static final class Crumb {
        private @Nullable Crumb next;
    }

    private final List<byte[]> blocks = new ArrayList<>(1 << 12);
    private volatile @Nullable Crumb crumbs;

    /** Takes all, but for the memory of some of the smallest objects. */
    void fill(int free) {
        try {
            while (true) {
                blocks.add(new byte[BLOCK_BYTES]);
            }
        } catch (OutOfMemoryError e) {
            fillCrumbs();
        }
        for (int i = 0; i < free; i++) {
            Crumb first = crumbs;
            if (first != null) {
                crumbs = first.next;
            }
        }
    }

    private void fillCrumbs() {
        try {
            while (true) {
                Crumb crumb = new Crumb();
                crumb.next = crumbs;
                crumbs = crumb;
            }
        } catch (OutOfMemoryError e) {
            // Now it is full.
        }
    }

    void release() {
        blocks.clear();
        crumbs = null;
    }
}
