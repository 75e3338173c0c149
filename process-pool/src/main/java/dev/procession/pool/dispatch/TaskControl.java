package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.pool.TaskFailure;
import dev.procession.pool.TaskInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a future may ask of its task. Any thread may call it; the lock of {@link PoolState} guards
 * what it changes.
 */
public final class TaskControl {

    private final PoolOptions options;
    private final PoolState state;
    private final LaneListener lanes;
    private final PoolCounters counters;
    private final ResultReader reader;
    private final FutureDelivery delivery;
    private final RecentFailures failures = new RecentFailures();

    TaskControl(
            PoolOptions options,
            PoolState state,
            LaneListener lanes,
            PoolCounters counters,
            ResultReader reader,
            FutureDelivery delivery) {
        this.options = options;
        this.state = state;
        this.lanes = lanes;
        this.counters = counters;
        this.reader = reader;
        this.delivery = delivery;
    }

    /** The user has cancelled the future: its task is taken back, or stopped if need be. */
    public void cancelled(Task task, boolean mayInterrupt) {
        if (task.settle()) { // else it has ended just now, and is counted so
            task.endedAs(TaskEnd.CANCELLED);
            counters.ended(TaskEnd.CANCELLED);
        }
        takeBackOrStop(task, mayInterrupt);
    }

    /** The task's value is not wanted any more: it is removed from the pool if it has not begun. */
    public void takeBackOrStop(Task task, boolean mayInterrupt) {
        state.lock.lock();
        try {
            WorkerRun run = WorkerRun.with(task);
            if (run == null || takeBack(run, task)) {
                state.scheduler().remove(task);
                state.removeFromPool(task);
            } else if (mayInterrupt && !run.isStopping(task)) {
                state.scheduler().addFirst(run.stop(task, options.graceNanos()));
            }
        } finally {
            state.lock.unlock();
        }
        lanes.wake();
    }

    /** Takes back all that the worker has not begun; true if this task is among it. */
    @GuardedBy("state.lock")
    private boolean takeBack(WorkerRun run, Task task) {
        if (run.hasBegun(task)) {
            return false;
        }
        List<Task> recalled = run.recall();
        boolean found = recalled.remove(task);
        state.scheduler().addFirst(recalled);
        return found;
    }

    /** Whether the calling thread has room on its stack to complete a future. */
    public boolean hasStackToComplete() {
        return StackRoom.isThereToComplete();
    }

    /** Whether the calling thread has room on its stack to wait, to read, and to complete. */
    public boolean hasStackToWait() {
        return StackRoom.isThereToRead();
    }

    /**
     * Reads what the task's worker sends until the task is settled, but no longer than a moment
     * after its last message. For the thread that waits for the task; it sleeps if the task is not
     * settled then.
     */
    public void readFor(Task task) {
        WorkerRun run = WorkerRun.with(task);
        if (run == null) {
            return;
        }
        try {
            reader.readFor(task.promise(), run);
        } catch (Throwable e) { // this thread's memory or stack; the pool's own thread reads it
            lanes.wake();
        }
    }

    /** Returns all tasks that are in the pool: those that workers have, then those that wait. */
    public List<TaskInfo> tasks() {
        List<TaskInfo> infos = new ArrayList<>();
        for (Task task : all()) {
            if (!task.isOver()) {
                infos.add(task.info());
            }
        }
        return infos;
    }

    private List<Task> all() {
        List<Task> all = new ArrayList<>();
        state.lock.lock();
        try {
            for (WorkerRun run : state.scheduler().runs()) {
                all.addAll(run.tasks());
            }
            state.scheduler().addWaitingTo(all);
        } finally {
            state.lock.unlock();
        }
        return all;
    }

    /** Cancels the future of a task, and stops the task; false if there is no such task. */
    public boolean cancel(long taskId) {
        for (Task task : all()) {
            if (task.id() == taskId) {
                return task.promise().cancel(true);
            }
        }
        return false;
    }

    /** Remembers a failure. */
    public void failed(long taskId, @Nullable String taskName, Throwable failure, int worker) {
        failures.add(taskId, taskName, failure, worker);
    }

    /** Returns the last failures, the oldest one first. */
    public List<TaskFailure> recentFailures() {
        return failures.list();
    }

    /** Returns how far the task says it is; 0 before it has begun. */
    public double progress(Task task) {
        state.lock.lock();
        try {
            WorkerRun run = WorkerRun.with(task);
            return run != null && run.hasBegun(task) ? run.progress() : 0;
        } finally {
            state.lock.unlock();
        }
    }

    /** The thread that was to complete this future cannot: a thread of the pool does. */
    public void deliverSoon(TaskPromise future) {
        delivery.run(future);
    }
}
