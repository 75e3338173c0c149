package dev.procession.pool.dispatch;

import java.util.List;

/**
 * Carries out what was decided under the pool's lock, after the lock is released: starting workers
 * takes milliseconds, and completing a future may run the user's code. Any thread may call it; it
 * takes the lock of {@link PoolState} for a moment to remove tasks that have ended.
 */
final class DecisionExecutor {

    private final PoolState state;
    private final PoolCounters counters;
    private final WorkerStarts starts;
    private final FutureDelivery delivery;

    DecisionExecutor(
            PoolState state, PoolCounters counters, WorkerStarts starts, FutureDelivery delivery) {
        this.state = state;
        this.counters = counters;
        this.starts = starts;
        this.delivery = delivery;
    }

    /** Carries out what was decided by a thread that has no time to start workers. */
    void carryOut(Decisions decisions) {
        if (!decisions.starts().isEmpty()) {
            starts.startOnStarterThread(decisions.starts());
        }
        complete(decisions.endings());
    }

    /** Carries out what was decided, and starts workers in this thread. */
    void carryOutHere(Decisions decisions) {
        starts.startAll(decisions.starts());
        complete(decisions.endings());
    }

    private void complete(List<Decisions.Ending> endings) {
        for (Decisions.Ending ending : endings) {
            ending.task().endedAt(ending.settlement().worker(), ending.end());
            counters.ended(ending.end());
            state.removeFromPool(ending.task());
        }
        for (Decisions.Ending ending : endings) {
            delivery.deliver(ending.task(), ending.settlement());
        }
    }
}
