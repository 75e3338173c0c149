package dev.procession.manager.client;

import dev.procession.core.time.Timeout;
import java.util.concurrent.CompletableFuture;

/**
 * Lets a thread that waits for an answer read answers itself, its own and others', so that nothing
 * has to hop between threads: first as long as {@link AnswerSpin} would, then it sleeps, and the
 * pipeline's thread reads.
 */
final class PipelineHelp implements AnswerHelp {

    private final PipelineState state;
    private final Deliveries deliveries;
    private final ReaderTurns turns;
    private final PipelineWriter writer;
    private final PipelineReader reader;
    private final PipelineThread worker;

    PipelineHelp(
            PipelineState state,
            Deliveries deliveries,
            ReaderTurns turns,
            PipelineWriter writer,
            PipelineReader reader,
            PipelineThread worker) {
        this.state = state;
        this.deliveries = deliveries;
        this.turns = turns;
        this.writer = writer;
        this.reader = reader;
        this.worker = worker;
    }

    /** {@inheritDoc} The pipeline's thread, for which no other would read, reads until the end. */
    @Override
    public boolean help(CompletableFuture<?> wanted, Timeout limit) {
        deliveries.deliver();
        writer.send();
        if (state.isThread()) {
            worker.serveUntil(wanted, limit);
        } else if (AnswerSpin.takePlace()) {
            try {
                spin(wanted, limit);
            } finally {
                AnswerSpin.leavePlace();
            }
        }
        return wanted.isDone();
    }

    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy; nothing relies on it
    private void spin(CompletableFuture<?> wanted, Timeout limit) {
        long last = System.nanoTime();
        while (!wanted.isDone()) {
            NonBlockingConnection current = state.connection();
            if (current == null) {
                return;
            }
            long now = System.nanoTime();
            turns.callerReads(now);
            if (reader.poll(current)) {
                last = now;
            }
            if (limit.isOver()
                    || now - last > AnswerSpin.SPIN_NANOS
                    || Thread.currentThread().isInterrupted()) {
                return;
            }
            if (last != now) {
                Thread.yield();
            }
        }
        if (turns.isCallerAsleep()) {
            turns.takeOver();
        }
    }

    @Override
    public void fallAsleep() {
        turns.fallAsleep();
        // A thread that delivers may not have counted this caller, and so not woken the thread.
        deliveries.deliver();
        turns.takeOver();
    }

    @Override
    public void wakeUp() {
        turns.wakeUp();
    }
}
