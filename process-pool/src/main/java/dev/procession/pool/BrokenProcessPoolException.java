package dev.procession.pool;

import dev.procession.core.ProcessionException;
import java.util.function.Supplier;

/**
 * No worker could be started, several times in a row; the cause says why the last one could not: it
 * ended before it was ready, or the pool's initializer threw. It is what the tasks that were
 * waiting failed with. The pool goes on: the next task tries again, and so does {@link
 * ProcessPoolExecutor#prestartAllWorkers}.
 */
public final class BrokenProcessPoolException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    BrokenProcessPoolException(String pool, Supplier<? extends Throwable> cause) {
        super("no worker could be started, several times in a row: pool=" + pool, cause.get());
    }
}
