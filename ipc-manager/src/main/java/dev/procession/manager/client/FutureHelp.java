package dev.procession.manager.client;

import dev.procession.core.time.Timeout;
import java.util.concurrent.CompletableFuture;

/** Lets a thread that waits for a future read answers itself for a while, and run actions. */
final class FutureHelp {

    private final PendingCalls calls;
    private final Deliveries deliveries;
    private final ReaderTurns turns;
    private final Exchange exchange;
    private final ConnectionThread thread;

    FutureHelp(
            PendingCalls calls,
            Deliveries deliveries,
            ReaderTurns turns,
            Exchange exchange,
            ConnectionThread thread) {
        this.calls = calls;
        this.deliveries = deliveries;
        this.turns = turns;
        this.exchange = exchange;
        this.thread = thread;
    }

    /**
     * Reads answers until a future is done, for a while. The client's thread, for which no other
     * would read, reads until the end.
     *
     * @param limit how long at most the caller would wait
     * @param interruptible whether an interrupt of the client's thread ends that as well
     * @return whether the future is done
     */
    boolean help(CompletableFuture<?> wanted, Timeout limit, boolean interruptible) {
        deliveries.deliver();
        exchange.flush();
        if (turns.isThread()) {
            serve(wanted, limit, interruptible);
        } else if (!ReaderTurns.isVirtual() && !deliveries.areTooDeep()) {
            spin(wanted, limit);
        }
        return wanted.isDone();
    }

    private void serve(CompletableFuture<?> wanted, Timeout limit, boolean interruptible) {
        if (!wanted.isDone()) {
            CompletableFuture<?> unused =
                    wanted.whenComplete((value, failure) -> turns.wakeThread());
            thread.serveUntil(wanted::isDone, limit, interruptible);
        }
    }

    /** Polls and delivers in turn: an action may wait itself, and does not count as polling. */
    private void spin(CompletableFuture<?> wanted, Timeout limit) {
        boolean more = true;
        while (more && !wanted.isDone() && !limit.isOver()) {
            turns.spin(
                    () -> wanted.isDone() || !deliveries.isEmpty(),
                    exchange::pollAndDeliverNext,
                    limit);
            more = !deliveries.isEmpty();
            deliveries.deliver();
        }
    }

    /** The calling thread is about to sleep until another thread has completed its future. */
    void fallAsleep() {
        turns.fallAsleepForFuture();
        // A thread that delivers may not have counted this caller, and so not woken the thread.
        deliveries.deliver();
    }

    /** The calling thread sleeps no more. */
    void wakeUp() {
        turns.wakeUpForFuture();
    }

    /**
     * Gives a call up, whose future is completed by other means.
     *
     * @return false if it has ended, so that its own end is on the way
     */
    boolean giveUp(PendingCall call) {
        boolean givenUp = calls.giveUp(call);
        exchange.flush();
        return givenUp;
    }
}
