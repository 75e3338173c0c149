package dev.procession.pipe;

import dev.procession.core.ProcessionException;
import java.io.IOException;

/** A pipe could not do an operation; the message says why, and what to do. */
public class PipeException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    PipeException(String message) {
        super(message);
    }

    PipeException(String message, Throwable cause) {
        super(message, cause);
    }

    static PipeException of(IOException cause) {
        return new PipeException(String.valueOf(cause.getMessage()), cause);
    }
}
