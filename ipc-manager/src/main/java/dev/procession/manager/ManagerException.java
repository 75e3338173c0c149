package dev.procession.manager;

import dev.procession.core.ProcessionException;
import org.jspecify.annotations.Nullable;

/**
 * The manager's server could not carry out a request, for a reason of its own: for example, it is
 * full. The server goes on.
 */
public final class ManagerException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened, in the server's words if it has answered
     * @param cause the failure behind it, or {@code null}
     */
    public ManagerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
