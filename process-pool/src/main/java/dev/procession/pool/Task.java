package dev.procession.pool;

import java.util.concurrent.Callable;

/**
 * A task in the parent: what was encoded, and whom to tell.
 *
 * @param id its number in the pool
 * @param bytes the task, encoded: what a worker decodes and runs
 * @param work the user's object, a {@link Runnable} or a {@link Callable}
 * @param future settled once
 */
record Task(long id, byte[] bytes, Object work, TaskFuture<Object> future) {

    /** What {@code shutdownNow} returns for a task that never began. */
    Runnable asRunnable() {
        if (work instanceof Runnable runnable) {
            return runnable;
        }
        Callable<?> callable = (Callable<?>) work;
        return () -> {
            try {
                callable.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("the task threw", e);
            }
        };
    }
}
