package dev.procession.pool;

import dev.procession.core.ProcessionException;
import dev.procession.pool.dispatch.TaskStack;
import java.time.Duration;

/**
 * A task ran longer than it may. It is the cause of the {@link
 * java.util.concurrent.ExecutionException} of its future. The task was interrupted; if it did not
 * end within the pool's grace period its worker was killed. Whether it had effects is not known.
 *
 * <p>Its stack trace is that of the task in its worker when the time was over, so that a log shows
 * where the task hung. The trace is empty if the worker did not answer, as when its process is
 * stopped; then the message says so.
 */
public final class TaskTimeoutException extends ProcessionException {

    private static final long serialVersionUID = 2L;

    private final long taskId;
    private final Duration timeout;
    private final String stack;

    /**
     * Made by the pool.
     *
     * @param what the task, and which limit it has exceeded
     * @param taskId the id of the task
     * @param timeout how long the task may run
     * @param worker the index of its worker
     * @param pid the worker's process id
     * @param where where the task was
     */
    TaskTimeoutException(
            String what, long taskId, Duration timeout, int worker, long pid, TaskStack where) {
        super(what + ", worker=" + worker + ", pid=" + pid + "; " + where.summary());
        this.taskId = taskId;
        this.timeout = timeout;
        this.stack = where.text();
        setStackTrace(where.trace());
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
     * Returns the limit that the task has exceeded.
     *
     * @return how long it may run, from its start in a worker, or how long it may run without
     *     progress
     */
    public Duration timeout() {
        return timeout;
    }

    /**
     * Returns where the task was when its time was over, before it was interrupted: its thread's
     * name and state, its frames, and the monitors that it held and waited for. The middle of a
     * deep stack is left out, which the text says.
     *
     * @return several lines in the manner of a thread dump; or, if the worker did not answer, one
     *     line that says why this is not known
     */
    public String stack() {
        return stack;
    }
}
