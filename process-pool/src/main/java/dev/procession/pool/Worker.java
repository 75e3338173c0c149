package dev.procession.pool;

import dev.procession.manager.Manager;
import dev.procession.pool.worker.CurrentTask;
import dev.procession.pool.worker.SharedManager;
import org.jspecify.annotations.Nullable;

/**
 * The worker that runs the current task, seen from inside the task. One instance for each task;
 * safe for all threads of the task.
 */
public final class Worker {

    /** What {@link #current} returned last: one instance serves all calls of a task. */
    private static @Nullable Worker last;

    private final CurrentTask task;

    private Worker(CurrentTask task) {
        this.task = task;
    }

    /**
     * The worker that this code runs in; threads that a task starts may ask too.
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
     * This process's id.
     *
     * @return the pid
     */
    public long pid() {
        return ProcessHandle.current().pid();
    }

    /**
     * The worker's place in its pool.
     *
     * @return from 0 to the number of workers less one, with a spare worker one more; a replacement
     *     has its predecessor's
     */
    public int index() {
        return task.index();
    }

    /**
     * The number of the task that is running.
     *
     * @return the number that {@link TaskFuture#id} gives in the parent
     */
    public long taskId() {
        return task.taskId();
    }

    /**
     * The manager that the pool was {@linkplain ProcessPoolExecutor.Builder#manager built with},
     * connected from this worker at the first call. It is the worker's: do not close it.
     *
     * @return the same one for all tasks of a worker
     * @throws IllegalStateException if the pool has none
     */
    public Manager manager() {
        return SharedManager.connected();
    }

    /**
     * Says how far the task is. It costs nanoseconds: the parent looks when {@link
     * TaskFuture#progress} is asked, and sees what was said last. Does nothing once the task has
     * ended.
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
