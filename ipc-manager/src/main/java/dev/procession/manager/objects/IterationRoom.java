package dev.procession.manager.objects;

import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerStats;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The room for what the iterations of all dicts and lists keep. A change needs no room for that: if
 * there is none, the iterations end that were not continued for the longest time. What an ended one
 * kept is released in slices, as it may be millions of values.
 */
public final class IterationRoom {

    /** How many values are released in one turn of the loop. */
    private static final int SLICE = 10_000;

    private final LoopTasks tasks;
    private final ServerStats stats;
    private final ServerBounds bounds;

    /** What ends each; the one that was used longest ago is first. */
    private final Map<OpenSnapshot, Runnable> open = new LinkedHashMap<>(16, 0.75f, true);

    private final Deque<OpenSnapshot> ended = new ArrayDeque<>();

    /** Whether the next slice is planned. */
    private boolean planned;

    public IterationRoom(LoopTasks tasks, ServerStats stats, ServerBounds bounds) {
        this.tasks = tasks;
        this.stats = stats;
        this.bounds = bounds;
    }

    /**
     * Notes that an iteration begins, or goes on.
     *
     * @param end has its collection end it
     */
    void used(OpenSnapshot snapshot, Runnable end) {
        open.put(snapshot, end);
    }

    /** Releases what an iteration keeps; it is read no further. */
    void ended(OpenSnapshot snapshot) {
        open.remove(snapshot);
        ended.add(snapshot);
        if (!planned) {
            releaseSlice();
        }
    }

    private void releaseSlice() {
        try {
            boolean unused = releaseSome();
        } finally { // a failure does not end the slices
            planned = !ended.isEmpty();
            if (planned) {
                tasks.executeNextTurn(this::releaseSlice);
            }
        }
    }

    /** Returns false if there was nothing to release. */
    private boolean releaseSome() {
        boolean some = !ended.isEmpty();
        int rest = SLICE;
        while (rest > 0 && !ended.isEmpty()) {
            rest -= ended.element().release(rest);
            if (rest > 0) {
                OpenSnapshot unused = ended.remove();
            }
        }
        return some;
    }

    /** Ends iterations until what is stored is within its bound; a change was made. */
    public void makeRoom() {
        boolean more = true;
        while (more && !fits(0)) {
            more = releaseSome() || endIdlest();
        }
    }

    /** Ends iterations until there is room for more bytes; returns false if there is none. */
    public boolean makeRoom(long growth) {
        boolean more = fits(growth - stats.oldContent());
        while (more && !fits(growth)) {
            more = releaseSome() || endIdlest();
        }
        return fits(growth);
    }

    private boolean fits(long growth) {
        return stats.stored() + growth <= bounds.maxBytes();
    }

    private boolean endIdlest() {
        if (stats.oldContent() == 0) {
            return false;
        }
        for (Map.Entry<OpenSnapshot, Runnable> each : open.entrySet()) {
            if (each.getKey().keepsContent()) {
                each.getValue().run(); // it calls ended()
                return true;
            }
        }
        return false;
    }
}
