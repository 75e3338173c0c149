package dev.procession.core;

import org.jspecify.annotations.Nullable;

/**
 * The base class of the exceptions that Procession itself throws. Unchecked.
 *
 * <p>Each subclass is named for the fact it reports and has accessors for the subject of that fact,
 * so that a program need not parse the message. An exception that a task or a remote call threw is
 * not wrapped in one of these: it arrives as its own type, or as a {@link RemoteException} if it
 * cannot be sent.
 */
public abstract class ProcessionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception without a cause.
     *
     * @param message the fact, then {@code name=value} pairs, then the next step if there is one
     */
    protected ProcessionException(String message) {
        super(message);
    }

    /**
     * Creates an exception that keeps its cause.
     *
     * @param message the fact, then {@code name=value} pairs, then the next step if there is one
     * @param cause the exception that led to this one, or {@code null} if there is none
     */
    protected ProcessionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
