package dev.procession.pool.dispatch;

import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of tasks that have ended: by the thread that waits in a future, or by the
 * {@link Completer}. Never under a lock, because it may run the user's code. Thread-safe.
 */
final class FutureDelivery {

    private static final Log LOG = Log.of(FutureDelivery.class);

    private final Completer completer;
    private final LaneListener lanes;
    private final @Nullable Executor dependents;

    FutureDelivery(Completer completer, LaneListener lanes, @Nullable Executor dependents) {
        this.dependents = dependents;
        this.completer = completer;
        this.lanes = lanes;
    }

    /** Completes the future of a task; a failure of that is logged and harms no other task. */
    void deliver(Task task, Settlement settlement) {
        try {
            deliver(task.promise(), settlement);
        } catch (Throwable e) { // one future's; the others of this pass are completed
            reportLater("cannot complete the future of " + task.description(), e);
        }
    }

    private void deliver(TaskPromise future, Settlement settlement) {
        if (future.settle(settlement)) {
            return; // a thread that waits for it does the rest
        }
        if (future.hasDependents()) {
            runDependents(future);
        } else if (completer.runLater(future, System.nanoTime())
                && !lanes.isReader(Thread.currentThread())) {
            lanes.wake(); // the dispatcher's thread calls the completer's tick
        }
    }

    private void runDependents(TaskPromise future) {
        // The user's executor may block, or run what it gets in the calling thread.
        completer.run(dependents == null ? future : () -> runDependents(dependents, future));
    }

    private static void runDependents(Executor executor, TaskPromise future) {
        try {
            executor.execute(future);
        } catch (RuntimeException e) {
            future.run(); // it refuses, as after its shutdown
        }
    }

    /** Runs a job of the pool that may run the user's code. */
    void run(Runnable job) {
        completer.run(job);
    }

    /** Logs a warning, on a thread that has no job of the pool: a logger is the user's code. */
    void reportLater(String message, Throwable cause) {
        completer.run(() -> LOG.report(Level.WARNING, message, cause));
    }
}
