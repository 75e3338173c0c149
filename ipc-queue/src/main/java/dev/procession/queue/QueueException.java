package dev.procession.queue;

import dev.procession.core.ProcessionException;
import dev.procession.queue.ring.TwoLockRing;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A queue cannot do what was asked; the message says why and what to do. */
public class QueueException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    QueueException(String message) {
        super(message);
    }

    QueueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Somebody wrote over the words of the queue, or its parts cannot be read. */
    static QueueException corrupt(TwoLockRing ring, IOException cause) {
        return new QueueException(cause.getMessage() + ": path=" + ring.segment().path(), cause);
    }
}
