package dev.procession.queue;

import dev.procession.core.ProcessionException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A queue could not do an operation; the message says why, and what to do. */
public class QueueException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    QueueException(String message) {
        super(message);
    }

    QueueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The words of the queue, or its spill files, cannot be read as what they should be. */
    static QueueException corrupt(Path segment, IOException cause) {
        return new QueueException(cause.getMessage() + ": path=" + segment, cause);
    }
}
