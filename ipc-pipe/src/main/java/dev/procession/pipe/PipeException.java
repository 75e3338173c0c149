package dev.procession.pipe;

import dev.procession.core.ProcessionException;

/** A pipe cannot do what was asked; the message says why and what to do. */
public final class PipeException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    PipeException(String message) {
        super(message);
    }

    PipeException(String message, Throwable cause) {
        super(message, cause);
    }
}
