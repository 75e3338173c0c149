package dev.procession.core;

/**
 * The condition that {@link Futures#waitFor} waits for; Python's {@code return_when}.
 *
 * <p>If futures that are done already meet it, or there are no futures, the wait returns at once.
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
