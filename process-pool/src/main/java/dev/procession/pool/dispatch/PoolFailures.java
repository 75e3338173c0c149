package dev.procession.pool.dispatch;

import java.time.Duration;

/**
 * Makes the exceptions that users get of a pool. The face implements it, so that users cannot make
 * them.
 */
public interface PoolFailures {

    /**
     * A task ran longer than it may.
     *
     * @param task what messages call the task
     * @param taskId the id of the task
     * @param timeout how long the task may run
     * @param worker the index of its worker
     * @param pid the worker's process id
     * @param where where the task was
     */
    Throwable timedOut(
            String task, long taskId, Duration timeout, int worker, long pid, TaskStack where);

    /**
     * No worker could be started.
     *
     * @param pool the name of the pool
     * @param cause why the last worker could not be started
     */
    Throwable broken(String pool, Throwable cause);
}
