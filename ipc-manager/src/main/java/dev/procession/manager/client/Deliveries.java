package dev.procession.manager.client;

import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Answers that are read and not yet delivered to their futures; any thread may deliver the next
 * one. No lock is held meanwhile, for actions run that depend on the futures.
 */
final class Deliveries {

    private static final Log LOG = Log.of(Deliveries.class);

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final PipelineState state;
    private final ReaderTurns turns;

    Deliveries(PipelineState state, ReaderTurns turns) {
        this.state = state;
        this.turns = turns;
    }

    void add(Runnable delivery) {
        waiting.add(delivery);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Delivers all. An action may take long, so the thread delivers the rest to sleeping callers.
     */
    void deliver() {
        Runnable next = waiting.poll();
        if (next == null) {
            return;
        }
        if (turns.isCallerAsleep() && !waiting.isEmpty() && !state.isThread()) {
            state.wake();
        }
        while (next != null) {
            try {
                next.run();
            } catch (Throwable e) { // an action's failure is its own
                LOG.report(Level.WARNING, "completing an asynchronous call failed", e);
            }
            next = waiting.poll();
        }
    }
}
