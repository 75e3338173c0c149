package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Calls that have ended and whose futures are not completed yet; any thread that may run the user's
 * code completes the next one. No lock is held meanwhile, for actions run that depend on the
 * futures.
 *
 * <p>An action that waits for another future completes others meanwhile, whose actions may wait as
 * well. So that this does not fill the thread's stack, a thread goes {@value #MOST_NESTED} deep and
 * no deeper; then another thread begins, which ends when there is nothing to complete.
 */
final class Deliveries {

    /** Actions that wait for each other on one thread, at most. */
    static final int MOST_NESTED = 32;

    private static final Log LOG = Log.of(Deliveries.class);

    private final ReaderTurns turns;

    @GuardedBy("this")
    private final EndedCalls ended = new EndedCalls();

    /** Another thread was started and has not begun. */
    @GuardedBy("this")
    private boolean starting;

    private volatile boolean empty = true;

    /** How many actions of the calling thread wait for each other. */
    private final ThreadLocal<Integer> nested = ThreadLocal.withInitial(() -> 0);

    Deliveries(ReaderTurns turns) {
        this.turns = turns;
    }

    synchronized void add(PendingCall call) {
        ended.add(call);
        empty = false;
    }

    private synchronized @Nullable PendingCall poll() {
        PendingCall call = ended.poll();
        empty = ended.isEmpty();
        return call;
    }

    boolean isEmpty() {
        return empty;
    }

    /** Whether the calling thread leaves the next actions to another one. */
    boolean areTooDeep() {
        return nested.get() >= MOST_NESTED;
    }

    /** Completes all, also those that are added meanwhile, or has another thread do so. */
    void deliver() {
        if (empty) {
            return;
        }
        int depth = nested.get();
        if (depth >= MOST_NESTED && deliverElsewhere()) {
            return;
        }
        nested.set(depth + 1);
        try {
            deliverAll();
        } finally {
            nested.set(depth);
        }
    }

    private void deliverAll() {
        while (!empty) {
            PendingCall call = poll();
            if (call == null) {
                return;
            }
            if (!empty && turns.isCallerAsleep()) {
                turns.wakeThread(); // this call's action may take long
            }
            try {
                call.handOver();
            } catch (Throwable e) { // an action's failure is its own
                LOG.report(Level.WARNING, "completing an asynchronous call failed", e);
            }
        }
    }

    /** Returns false if no thread can be started: then this one has to go deeper. */
    private synchronized boolean deliverElsewhere() {
        if (starting || empty) {
            return true;
        }
        try {
            Thread other = new Thread(this::deliverFromTheStart, "procession-manager-actions");
            other.setDaemon(true);
            other.start();
            starting = true;
            return true;
        } catch (OutOfMemoryError e) { // no threads
            LOG.report(Level.WARNING, "no thread for actions that wait for others", e);
            return false;
        }
    }

    private void deliverFromTheStart() {
        synchronized (this) {
            starting = false;
        }
        deliver();
    }
}
