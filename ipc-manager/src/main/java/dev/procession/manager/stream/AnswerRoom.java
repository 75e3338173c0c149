package dev.procession.manager.stream;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The room for answers that are kept until their clients confirm them, of all clients together, and
 * the streams that wait for some of it. Used by the server's thread alone.
 */
public final class AnswerRoom {

    private final LoopTasks tasks;
    private final ServerBounds bounds;
    private final ServerStats stats;

    /** What tells streams that wait, with how much each needs; the oldest one is first. */
    private final Map<Runnable, Long> waiting = new LinkedHashMap<>();

    /** The streams that wait are about to be looked at. */
    private boolean waking;

    /** Has all of it. */
    public AnswerRoom(LoopTasks tasks, ServerBounds bounds, ServerStats stats) {
        this.tasks = tasks;
        this.bounds = bounds;
        this.stats = stats;
    }

    /** Whether a client that has some bytes of answers may have more. */
    boolean has(long own, long more) {
        return ServerBounds.isWithin(
                own + more, bounds.keptBytes(), stats.keptBytes() + more, bounds.allKeptBytes());
    }

    /** Counts what is kept for a client. */
    void count(long more) {
        stats.kept(more);
        if (more < 0 && !waiting.isEmpty() && !waking) {
            waking = true;
            tasks.execute(this::wake);
        }
    }

    /** Runs something once as a task of its own, when there is room for more bytes. */
    void await(Runnable tell, long more) {
        waiting.merge(tell, more, Math::min);
    }

    /** Undoes {@link #await}. */
    void forget(Runnable tell) {
        waiting.remove(tell);
    }

    private void wake() {
        waking = false;
        long room = bounds.allKeptBytes() - stats.keptBytes();
        Iterator<Map.Entry<Runnable, Long>> all = waiting.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Runnable, Long> next = all.next();
            if (next.getValue() <= room) {
                room -= next.getValue();
                all.remove();
                tasks.execute(next.getKey());
            }
        }
    }

    /** Says how much there is, of a client that has some bytes. */
    String figures(long own) {
        return "bytes="
                + own
                + ", limit="
                + bounds.keptBytes()
                + "; of all clients: bytes="
                + stats.keptBytes()
                + ", limit="
                + bounds.allKeptBytes();
    }
}
