package dev.procession.pool;

import dev.procession.manager.Manager;
import dev.procession.pool.worker.CurrentTask;
import dev.procession.pool.worker.SharedManager;
import org.jspecify.annotations.Nullable;

/**
 * The worker that runs the current task, for code in the task. There is one instance for each task;
 * all threads of the task may use it.
 */
public final class Worker {

    /** What {@link #current} returned last: one instance serves all calls of a task. */
    private static @Nullable Worker last;

    private final CurrentTask task;

    private Worker(CurrentTask task) {
        this.task = task;
    }

    /**
     * Returns the worker that this code runs in; threads that a task has started may call it too.
     *
     * @return the worker, as it was when its current task began
     * @throws IllegalStateException if this JVM is no pool's worker, or it runs no task now
     */
    public static Worker current() {
        CurrentTask task = CurrentTask.get();
        if (task == null) {
            throw new IllegalStateException(
                    "no task of a process pool runs in this JVM: pid="
                            + ProcessHandle.current().pid());
        }
        return of(task);
    }

    private static synchronized Worker of(CurrentTask task) {
        Worker worker = last;
        if (worker == null || worker.task != task) {
            worker = new Worker(task);
            last = worker;
        }
        return worker;
    }

    /**
     * Returns the id of this process.
     *
     * @return the pid
     */
    public long pid() {
        return ProcessHandle.current().pid();
    }

    /**
     * Returns the worker's place in its pool.
     *
     * @return from 0 to the number of workers less one, with a spare worker one more; a replacement
     *     has its predecessor's
     */
    public int index() {
        return task.index();
    }

    /**
     * Returns the id of the task that is running.
     *
     * @return the id that {@link TaskFuture#id} returns in the parent
     */
    public long taskId() {
        return task.taskId();
    }

    /**
     * Returns the manager that the pool was {@linkplain ProcessPoolExecutor.Builder#manager built
     * with}. The worker connects to it at the first call. Do not close it: it belongs to the
     * worker.
     *
     * @return the same one for all tasks of a worker
     * @throws IllegalStateException if the pool has none
     */
    public Manager manager() {
        return SharedManager.connected();
    }

    /**
     * Sets how far the task is. It costs nanoseconds: the parent reads the last value when {@link
     * TaskFuture#progress} is called. Does nothing once the task has ended.
     *
     * @param value from 0, the beginning, to 1, the end
     * @throws IllegalArgumentException if it is not in that range
     */
    public void progress(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    "progress goes from 0 to 1: progress=" + value + ", task=" + taskId());
        }
        task.setProgress(value);
    }
}
