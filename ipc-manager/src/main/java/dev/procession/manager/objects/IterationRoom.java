package dev.procession.manager.objects;

import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerStats;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The room for the iterations of all dicts and lists. When there are too many, of one client or of
 * all, one ends of that client, or of the client that has most of them: the one that was not
 * continued for the longest time.
 *
 * <p>It is also the room for what iterations keep. A change needs no room for that: if there is
 * none, the iterations end that were not continued for the longest time. What an ended one kept is
 * released in slices, as it may be millions of values.
 */
public final class IterationRoom {

    /** Of all dicts and lists together. */
    static final int MAX_OPEN = 4096;

    private static final int MAX_OF_CLIENT = 256;

    /** How many values are released in one turn of the loop. */
    private static final int SLICE = 10_000;

    private final LoopTasks tasks;
    private final ServerStats stats;
    private final ServerBounds bounds;

    /** What ends each; the one that was used longest ago is first. */
    private final Map<OpenSnapshot, Runnable> open = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<Client, Integer> counts = new HashMap<>();
    private final Deque<OpenSnapshot> ended = new ArrayDeque<>();

    /** Whether the next slice is planned. */
    private boolean planned;

    public IterationRoom(LoopTasks tasks, ServerStats stats, ServerBounds bounds) {
        this.tasks = tasks;
        this.stats = stats;
        this.bounds = bounds;
    }

    /**
     * Notes that an iteration begins. If there are too many, another one ends.
     *
     * @param end has its collection end it
     */
    void begun(OpenSnapshot snapshot, Runnable end) {
        Client client = snapshot.client();
        if (counts.getOrDefault(client, 0) >= MAX_OF_CLIENT) {
            endIdlestOf(client);
        } else if (open.size() >= MAX_OPEN) {
            endIdlestOf(Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey());
        }
        open.put(snapshot, end);
        counts.merge(client, 1, Integer::sum);
    }

    private void endIdlestOf(Client client) {
        for (Map.Entry<OpenSnapshot, Runnable> each : open.entrySet()) {
            if (each.getKey().isOf(client)) {
                each.getValue().run(); // it calls ended()
                return;
            }
        }
    }

    /** Notes that an iteration goes on. */
    void used(OpenSnapshot snapshot) {
        Runnable unused = open.get(snapshot); // now it is the last one
    }

    /** Releases what an iteration keeps; it is read no further. */
    void ended(OpenSnapshot snapshot) {
        if (open.remove(snapshot) != null) {
            counts.computeIfPresent(
                    snapshot.client(), (client, count) -> count == 1 ? null : count - 1);
        }
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
