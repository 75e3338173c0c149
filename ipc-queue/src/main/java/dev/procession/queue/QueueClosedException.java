package dev.procession.queue;

/** The queue was closed: it accepts no more elements, or it has no element left to take. */
public final class QueueClosedException extends QueueException {

    private static final long serialVersionUID = 1L;

    QueueClosedException(String message) {
        super(message);
    }
}
