package dev.procession.manager.objects;

import dev.procession.manager.stream.ServerStats;

/**
 * Content that has changed or gone, and that iterations or events keep. It counts once, however
 * many keep it.
 */
class OldContent {

    private final ServerStats stats;
    private final long cost;
    private int keepers;

    /**
     * Describes content that nobody keeps yet.
     *
     * @param cost how many bytes it takes
     */
    OldContent(ServerStats stats, long cost) {
        this.stats = stats;
        this.cost = cost;
    }

    /** Another one keeps it. */
    final void keep() {
        if (keepers++ == 0) {
            stats.oldContent(cost);
        }
    }

    /** One that kept it does so no more. */
    final void release() {
        if (--keepers == 0) {
            stats.oldContent(-cost);
        }
    }
}
