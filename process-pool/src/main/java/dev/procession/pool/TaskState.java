package dev.procession.pool;

/** Where a task of a pool is. */
public enum TaskState {
    /** It waits for a worker, or in one behind the task that runs. */
    WAITING,
    /** A worker has begun it. */
    RUNNING
}
