package dev.procession.manager.client;

import dev.procession.core.time.Timeout;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.Requests;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread's wait for the answer to its request.
 *
 * <p>A server that stands still answers nothing. So a call with a time limit, or with an
 * interrupted caller, ends by this process's clock as well, a little later than the server would
 * end it. Then the call is given up: the server takes back what it granted.
 */
final class CallWait {

    /** How long a server may take to answer when the time is over, or after an interrupt. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    /** How soon it is found that another thread has handed the answer over. */
    private static final long HAND_OVER_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final Exchange exchange;
    private final PendingCalls calls;
    private final ReaderTurns turns;
    private final ConnectionThread thread;
    private final SyncCall call;
    private final Request request;
    private final boolean interruptible;

    /** False for the wait for a condition: its caller cannot go on without its lock. */
    private final boolean mayGiveUp;

    /** When the call ends whatever the server does. */
    private Timeout limit;

    private boolean interrupted;
    private boolean cancelled;

    /**
     * Prepares a wait.
     *
     * @param request what the call asks
     * @param interruptible whether an interrupt makes the server stop waiting
     */
    CallWait(
            Exchange exchange,
            PendingCalls calls,
            ReaderTurns turns,
            ConnectionThread thread,
            SyncCall call,
            Request request,
            boolean interruptible) {
        this.exchange = exchange;
        this.calls = calls;
        this.turns = turns;
        this.thread = thread;
        this.call = call;
        this.request = request;
        this.interruptible = interruptible;
        this.mayGiveUp = Requests.mayGiveUp(request);
        long waitNanos = Requests.waitNanos(request); // negative without a limit
        this.limit =
                waitNanos > 0 && mayGiveUp
                        ? Timeout.ofNanos(
                                Math.min(waitNanos, Timeout.FOREVER - GRACE_NANOS) + GRACE_NANOS)
                        : Timeout.NEVER;
    }

    /**
     * Blocks until the call, which was added, has an answer or is given up. An interrupt is kept
     * for later, unless the answer's status says it.
     */
    Answer await() {
        boolean givenUp = false;
        try {
            try {
                givenUp = !awaitDone();
            } catch (Throwable e) {
                if (calls.giveUp(call)) {
                    exchange.flush();
                    throw e;
                }
                awaitHandOver(); // what the answer grants would be lost
            }
            Answer answer = givenUp ? ownAnswer() : call.result();
            if (answer.response().getStatus() == Status.CANCELLED) {
                interrupted = false; // the answer's status says it
            }
            return answer;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns false if the call was given up. */
    private boolean awaitDone() {
        noteInterrupt();
        exchange.flush();
        if (!ReaderTurns.isVirtual()) {
            turns.spin(call::isDone, exchange::poll, limit);
        }
        if (call.isDone()) {
            return true;
        }
        WaitEvent event = call.prompt ? null : WaitEvent.begun();
        if (event == null) {
            return sleepUntilDone();
        }
        boolean timedOut = false;
        try {
            boolean done = sleepUntilDone();
            timedOut = done ? hasTimedOut() : !cancelled;
            return done;
        } finally {
            event.end(request, timedOut);
        }
    }

    /** Whether the server has answered that the time is over; for a call that is done. */
    private boolean hasTimedOut() {
        Answer answer = call.answer();
        return answer != null && answer.response().getStatus() == Status.TIMED_OUT;
    }

    /** Waits for the thread that has the answer; needs no memory. */
    private void awaitHandOver() {
        while (!call.isDone()) {
            LockSupport.parkNanos(this, HAND_OVER_NANOS);
        }
    }

    private void noteInterrupt() {
        if (!Thread.interrupted()) {
            return;
        }
        interrupted = true;
        if (interruptible && !cancelled) {
            cancelled = true;
            calls.cancel(call);
            exchange.flush();
            if (mayGiveUp) {
                limit = limit.atMost(GRACE_NANOS);
            }
        }
    }

    /** Returns false if the call was given up. */
    private boolean sleepUntilDone() {
        turns.fallAsleep(call);
        try {
            while (!call.isDone()) {
                noteInterrupt();
                if (limit.isOver()) {
                    if (calls.giveUp(call)) {
                        exchange.flush();
                        return false;
                    }
                    limit = Timeout.NEVER; // another thread is handing the answer over
                }
                if (turns.isThread()) { // an action calls: the thread goes on, and connects
                    thread.serveUntil(call::isDone, limit, true);
                } else {
                    turns.sleep(call, calls.connection(), limit, this::lead);
                }
            }
            return true;
        } finally {
            turns.wakeUp(call);
        }
    }

    /** Reads answers in the selector until there is a reason to stop. */
    private void lead() {
        ServerConnection current = calls.connection();
        while (current != null
                && !call.isDone()
                && turns.mustLead(current)
                && !limit.isOver()
                && !Thread.currentThread().isInterrupted()) {
            exchange.select(current, limit);
            if (!call.isDone()) {
                boolean unused = exchange.poll();
            }
            current = calls.connection();
        }
    }

    /** Returns the answer that the server would have given. */
    private Answer ownAnswer() {
        return new Answer(
                Response.newBuilder()
                        .setStatus(cancelled ? Status.CANCELLED : Status.TIMED_OUT)
                        .build(),
                ServerSession.NONE);
    }
}
