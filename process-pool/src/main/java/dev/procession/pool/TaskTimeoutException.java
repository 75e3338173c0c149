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

    TaskTimeoutException(Task task, int worker) {
        super(
                task.description()
                        + " ran longer than it may: timeout="
                        + Duration.ofNanos(task.timeoutNanos())
                        + ", worker="
                        + worker);
        taskId = task.id();
        timeout = Duration.ofNanos(task.timeoutNanos());
    }

    /**
     * The number of the task.
     *
     * @return what {@link TaskFuture#id} gives
     */
    public long taskId() {
        return taskId;
    }

    /**
     * How long the task may run.
     *
     * @return the time from its start in a worker
     */
    public Duration timeout() {
        return timeout;
    }
}
