package dev.procession.queue;

/**
 * The queue was closed: it takes no more elements, or, when one was to be taken, has none left and
 * gets none any more.
 */
public final class QueueClosedException extends QueueException {

    private static final long serialVersionUID = 1L;

    QueueClosedException(String message) {
        super(message);
    }
}
