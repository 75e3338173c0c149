package dev.procession.core;

import org.jspecify.annotations.Nullable;

/**
 * The base of every exception that Procession itself raises.
 *
 * <p>Each subclass is named for the fact it reports and carries that fact's subject, so that a
 * program need not read the message. What a task or a remote call threw is not wrapped in one of
 * these: it arrives as its own type, or as a {@link RemoteException} when it cannot travel.
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
     * @param cause what led to it, or {@code null} if there is nothing to tell
     */
    protected ProcessionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
