package dev.procession.pool.dispatch;

import dev.procession.pool.protocol.TaskOrigin;

/**
 * Decides whether a task is run again that has thrown, and runs the user's code for it: decoding
 * the exception. So it is a job of the {@link Completer}.
 *
 * @param task the task, which is paused meanwhile
 * @param thrown what it has thrown
 */
record Repetition(
        PoolState state,
        LaneListener lanes,
        PoolCounters counters,
        FutureDelivery delivery,
        Task task,
        Settlement.Sent thrown)
        implements Runnable {

    @Override
    public void run() {
        Throwable failure;
        boolean isDecided;
        try {
            failure = decode();
            isDecided = repeat(failure);
        } catch (Throwable e) { // no memory to decide it; that is the task's failure then
            failure = e;
            isDecided = false;
            leavePause();
        }
        if (!isDecided) {
            end(failure);
        }
    }

    private Throwable decode() {
        Throwable failure;
        try {
            failure = thrown.decodeThrown();
        } catch (Throwable e) { // the exception's own code; it is the failure then
            failure = e;
        }
        TaskOrigin.addTo(failure, thrown.origin());
        return failure;
    }

    /** Lets the task wait for its next attempt; true also if it is over meanwhile. */
    private boolean repeat(Throwable failure) {
        state.lock.lock();
        try {
            PausedTasks paused = state.scheduler().paused();
            if (!paused.contains(task)) {
                return true; // cancelled
            }
            if (task.isOver() || state.areRetriesDisabled() || !task.repeatsAfter(failure)) {
                return !paused.remove(task);
            }
            paused.setPause(task, task.retryPauseNanos());
            counters.retried();
            return true;
        } finally {
            state.lock.unlock();
            lanes.wake();
        }
    }

    private void leavePause() {
        state.lock.lock();
        try {
            boolean unused = state.scheduler().paused().remove(task);
        } finally {
            state.lock.unlock();
        }
    }

    private void end(Throwable failure) {
        boolean first = task.settle();
        if (first) {
            task.endedAs(TaskEnd.THREW);
            counters.ended(TaskEnd.THREW);
        }
        state.removeFromPool(task);
        if (first) {
            delivery.deliver(task, new Settlement.Failed(() -> failure, thrown.worker()));
        }
        lanes.wake(); // the pool may be empty now
    }
}
