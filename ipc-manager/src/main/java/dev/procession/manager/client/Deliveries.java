package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Calls that have ended and whose futures are not completed yet; any thread that may run the user's
 * code completes the next one. No lock is held meanwhile, for actions run that depend on the
 * futures.
 */
final class Deliveries {

    private static final Log LOG = Log.of(Deliveries.class);

    private final ReaderTurns turns;

    @GuardedBy("this")
    private final EndedCalls ended = new EndedCalls();

    private volatile boolean empty = true;

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

    /** Completes all, also those that are added meanwhile. */
    void deliver() {
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
}
