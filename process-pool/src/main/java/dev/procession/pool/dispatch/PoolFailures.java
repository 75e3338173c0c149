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
     * @param what the beginning of the message: the task, and which limit it has exceeded
     * @param taskId the id of the task
     * @param timeout that limit
     * @param worker the index of its worker
     * @param pid the worker's process id
     * @param where where the task was
     */
    Throwable timedOut(
            String what, long taskId, Duration timeout, int worker, long pid, TaskStack where);

    /**
     * No worker could be started.
     *
     * @param pool the name of the pool
     * @param cause why the last worker could not be started
     */
    Throwable broken(String pool, Throwable cause);
}
