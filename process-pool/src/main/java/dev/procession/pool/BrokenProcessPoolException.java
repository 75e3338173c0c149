package dev.procession.pool;

import dev.procession.core.ProcessionException;

/**
 * No worker could be started, several times in a row; the cause says why the last one could not. It
 * is what the tasks that were waiting failed with. The pool goes on: the next task tries again.
 */
public final class BrokenProcessPoolException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    BrokenProcessPoolException(String message, Throwable cause) {
        super(message, cause);
    }
}
