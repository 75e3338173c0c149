package dev.procession.core;

/**
 * What {@link Futures#waitFor} waits for; Python's {@code return_when}.
 *
 * <p>A future that is done already counts at once, and so does an empty collection.
 */
public enum ReturnWhen {
    /** At least one future is done: with a result, with an exception or by being cancelled. */
    FIRST_COMPLETED,

    /**
     * At least one future has ended with an exception, or all are done. As in Python, a cancelled
     * future has not ended with an exception.
     */
    FIRST_EXCEPTION,

    /** Every future is done, however it ended. */
    ALL_COMPLETED
}
