package dev.procession.manager;

import dev.procession.core.ProcessionException;
import org.jspecify.annotations.Nullable;

/**
 * The manager's server could not do what it was asked, for a reason of its own: it is full, say.
 * The server goes on.
 */
public final class ManagerException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what the server said
     * @param cause what showed it, or {@code null}
     */
    public ManagerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
