package dev.procession.pool;

import dev.procession.core.ProcessionException;
import dev.procession.core.WorkerCrashedException;

/**
 * No worker could be started; message and cause say why: the JVM's own words when it ended before
 * it was ready, or what the pool's initializer threw. It is what the tasks that were waiting failed
 * with: after one start if no worker of the pool has ever come up, and after some in a row
 * otherwise. The pool goes on: the next task tries again, and so does {@link
 * ProcessPoolExecutor#prestartAllWorkers}.
 */
public final class BrokenProcessPoolException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    /**
     * Made by the pool.
     *
     * @param pool the name of the pool
     * @param cause why the last worker could not be started
     */
    public BrokenProcessPoolException(String pool, Throwable cause) {
        super("no worker could be started: pool=" + pool + ": " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return cause instanceof WorkerCrashedException && message != null
                ? message
                : cause.toString();
    }
}
