package dev.procession.pool;

/** What happens to a task that is submitted when the queue is full. */
public enum WhenFull {
    /**
     * The submitting thread waits for room. If it is interrupted the task is refused with a {@link
     * java.util.concurrent.RejectedExecutionException}, and the thread stays interrupted.
     */
    BLOCK,
    /** The task is refused with a {@link java.util.concurrent.RejectedExecutionException}. */
    REJECT
}
