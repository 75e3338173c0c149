package dev.procession.pool;

import dev.procession.core.ProcessionException;
import java.time.Duration;

/**
 * A task ran longer than it may. It is the cause of the {@link
 * java.util.concurrent.ExecutionException} of its future. The task was interrupted; if it did not
 * end within the pool's grace period its worker was killed. Whether it had effects is not known.
 */
public final class TaskTimeoutException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final long taskId;
    private final Duration timeout;

    /**
     * Made by the pool.
     *
     * @param task what messages call the task
     * @param taskId the id of the task
     * @param timeout how long the task may run
     * @param worker the index of its worker
     */
    TaskTimeoutException(String task, long taskId, Duration timeout, int worker) {
        super(task + " ran longer than it may: timeout=" + timeout + ", worker=" + worker);
        this.taskId = taskId;
        this.timeout = timeout;
    }

    /**
     * Returns the id of the task.
     *
     * @return the id, as {@link TaskFuture#id} returns it
     */
    public long taskId() {
        return taskId;
    }

    /**
     * Returns how long the task may run.
     *
     * @return the time from its start in a worker
     */
    public Duration timeout() {
        return timeout;
    }
}
