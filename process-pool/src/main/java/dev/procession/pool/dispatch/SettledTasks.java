package dev.procession.pool.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Tasks whose outcome was read, in their order, until their futures have it. The tasks themselves
 * are linked, so that nothing here allocates and nothing is lost when memory is short. For the
 * thread that reads the worker.
 */
final class SettledTasks {

    /** Read by any thread, to see whether there are some. */
    private volatile @Nullable Task first;

    private @Nullable Task last;

    /** Adds a task; without a settlement if its outcome is not wanted. */
    void add(Task task, @Nullable Settlement settlement) {
        task.settlement = settlement;
        Task before = last;
        last = task;
        if (before == null) {
            first = task;
        } else {
            before.nextSettled = task;
        }
    }

    /** Returns the first one without removing it; null if there is none. */
    @Nullable Task first() {
        return first;
    }

    /** Returns the one that was added last; null if there is none. */
    @Nullable Task last() {
        return last;
    }

    /** Removes the first one, whose future has its outcome. */
    void removeFirst() {
        Task gone = first;
        if (gone == null) {
            return;
        }
        Task next = gone.nextSettled;
        if (next == null) {
            last = null;
        }
        first = next;
        gone.settlement = null;
        gone.nextSettled = null;
    }
}
