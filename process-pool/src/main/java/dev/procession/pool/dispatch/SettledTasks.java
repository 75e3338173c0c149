package dev.procession.pool.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Tasks whose outcome was read, in their order, until their futures have it. The tasks themselves
 * are linked, so that nothing here allocates and nothing is lost when memory is short. For the
 * thread that reads the worker.
 */
final class SettledTasks {

    private @Nullable Task first;
    private @Nullable Task last;

    /** Adds a task; without a settlement if its outcome is not wanted. */
    void add(Task task, @Nullable Settlement settlement) {
        task.settlement = settlement;
        if (last == null) {
            first = task;
        } else {
            last.nextSettled = task;
        }
        last = task;
    }

    /** Returns the first one without removing it; null if there is none. */
    @Nullable Task first() {
        return first;
    }

    /** Returns the one that was added last; null if there is none. */
    @Nullable Task last() {
        return last;
    }

    /** Removes the first one; returns how it has ended. */
    @Nullable Settlement removeFirst() {
        Task gone = first;
        if (gone == null) {
            return null;
        }
        first = gone.nextSettled;
        if (first == null) {
            last = null;
        }
        Settlement settlement = gone.settlement;
        gone.settlement = null;
        gone.nextSettled = null;
        return settlement;
    }
}
