package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.time.Timeout;
import java.util.concurrent.RejectedExecutionException;

/**
 * The way of tasks into the pool, in the threads that submit them. The lock of {@link PoolState}
 * guards it; a thread that waits for room waits in that lock's condition.
 */
public final class TaskAdmission {

    private final PoolOptions options;
    private final PoolState state;
    private final LaneListener lanes;
    private final PoolCounters counters;
    private final DecisionExecutor executor;

    TaskAdmission(
            PoolOptions options,
            PoolState state,
            LaneListener lanes,
            PoolCounters counters,
            DecisionExecutor executor) {
        this.options = options;
        this.state = state;
        this.lanes = lanes;
        this.counters = counters;
        this.executor = executor;
    }

    /**
     * Accepts a task: when this returns, it is on its way to a worker, or waits for one.
     *
     * @param nanos how long to wait for room
     * @return false if there was no room in time
     * @throws RejectedExecutionException if the pool was shut down
     */
    public boolean accept(Task task, long nanos) throws InterruptedException {
        Decisions decisions = new Decisions();
        boolean wakeNow;
        state.lock.lock();
        try {
            if (!awaitRoom(nanos)) {
                return false;
            }
            state.countAccepted();
            counters.submitted();
            Scheduler scheduler = state.scheduler();
            scheduler.submit(task, decisions);
            wakeNow = lanes.checksLaterThan(Math.min(task.checkNanos(), scheduler.watchNanos()));
        } finally {
            state.lock.unlock();
            executor.carryOutHere(decisions); // also what was decided before something failed
        }
        if (wakeNow) {
            lanes.wake();
        }
        return true;
    }

    /** Whether a task would find room now. */
    public boolean hasRoom() {
        if (options.queueCapacity() == 0) {
            return true;
        }
        state.lock.lock();
        try {
            return state.hasRoom();
        } finally {
            state.lock.unlock();
        }
    }

    /**
     * Waits until a task would find room.
     *
     * @return false if none would in time
     * @throws RejectedExecutionException if the pool was shut down
     */
    public boolean awaitRoomOnly(long nanos) throws InterruptedException {
        if (options.queueCapacity() == 0) {
            return true;
        }
        state.lock.lock();
        try {
            boolean found = awaitRoom(nanos);
            if (found) {
                state.room.signal(); // this thread may have taken the signal of one that submits
            }
            return found;
        } finally {
            state.lock.unlock();
        }
    }

    @GuardedBy("state.lock")
    private boolean awaitRoom(long nanos) throws InterruptedException {
        long remainingNanos = nanos;
        while (true) {
            if (state.phase() != PoolState.Phase.RUNNING) {
                throw new RejectedExecutionException("the pool was shut down: " + options.name());
            }
            if (state.hasRoom()) {
                return true;
            }
            if (remainingNanos <= 0) {
                return false;
            }
            if (remainingNanos == Timeout.FOREVER) {
                state.room.await();
            } else {
                remainingNanos = state.room.awaitNanos(remainingNanos);
            }
        }
    }
}
