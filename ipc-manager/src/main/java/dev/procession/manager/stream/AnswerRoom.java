package dev.procession.manager.stream;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The room for answers that are kept until their clients confirm them, of all clients together, and
 * the streams that wait for some of it. Used by the server's thread alone.
 */
public final class AnswerRoom {

    /** How long what has no room for its answer waits for some; then it is refused. */
    public static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

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

    /** Says why an answer is refused to a client that has some bytes of others. */
    String refusal(long own) {
        return "the answers that wait for their clients leave no room for this one: of this client:"
                + " bytes="
                + own
                + ", limit="
                + bounds.keptBytes()
                + "; of all clients: bytes="
                + stats.keptBytes()
                + ", limit="
                + bounds.allKeptBytes()
                + "; let fewer clients have large answers, or start the manager with a larger heap";
    }
}
