package dev.procession.core.link;

import java.io.IOException;

/**
 * The other side of a link violated the protocol. The link is closed afterwards; other links are
 * not affected.
 */
public final class ProtocolException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Describes the violation. */
    public ProtocolException(String message) {
        super(message);
    }

    /** Describes the violation, and the exception that revealed it. */
    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
