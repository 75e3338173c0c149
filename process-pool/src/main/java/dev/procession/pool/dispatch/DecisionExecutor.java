package dev.procession.pool.dispatch;

import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;

/**
 * Carries out what was decided under the pool's lock, after the lock is released: starting workers
 * takes milliseconds, and completing a future may run the user's code. Any thread may call it; it
 * takes the lock of {@link PoolState} for a moment to remove tasks that have ended.
 */
final class DecisionExecutor {

    private static final Log LOG = Log.of(DecisionExecutor.class);

    private final PoolState state;
    private final LaneListener lanes;
    private final WorkerStarts starts;
    private final FutureDelivery delivery;

    DecisionExecutor(
            PoolState state, LaneListener lanes, WorkerStarts starts, FutureDelivery delivery) {
        this.state = state;
        this.lanes = lanes;
        this.starts = starts;
        this.delivery = delivery;
    }

    void carryOut(Decisions decisions) {
        if (!lanes.isReader(Thread.currentThread())) {
            starts.startAll(decisions.starts());
        } else if (!decisions.starts().isEmpty()) {
            starts.startOnStarterThread(decisions.starts());
        }
        for (Decisions.ProtocolError each : decisions.killed()) {
            reportProtocolError(each.worker(), each.cause());
        }
        if (decisions.endings().isEmpty()) {
            return;
        }
        state.lock.lock();
        try {
            for (Decisions.Ending ending : decisions.endings()) {
                state.removeFromPool(ending.task());
            }
        } finally {
            state.lock.unlock();
        }
        for (Decisions.Ending ending : decisions.endings()) {
            delivery.deliver(ending.task(), ending.settlement());
        }
    }

    /** Logs why a worker is killed. */
    void reportProtocolError(String worker, Throwable cause) {
        LOG.report(Level.WARNING, worker + " is killed because of what it sent: " + cause, cause);
    }
}
