package dev.procession.pool;

import dev.procession.core.ProcessionException;
import dev.procession.core.WorkerCrashedException;

/**
 * No worker could be started. Message and cause say why: the output of the JVM that ended before it
 * was ready, or what the pool's initializer threw. The tasks that were waiting fail with it: after
 * one start if no worker of the pool has ever come up, and after several in a row otherwise. The
 * pool goes on: the next task tries again, and so does {@link
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
    BrokenProcessPoolException(String pool, Throwable cause) {
        super("no worker could be started: pool=" + pool + ": " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return cause instanceof WorkerCrashedException && message != null
                ? message
                : cause.toString();
    }
}
