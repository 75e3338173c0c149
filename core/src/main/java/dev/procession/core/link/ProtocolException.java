package dev.procession.core.link;

import java.io.IOException;

/**
 * The other side of a link sent what the protocol does not allow. The link is dead afterwards;
 * nobody else notices.
 */
public final class ProtocolException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what was wrong. */
    public ProtocolException(String message) {
        super(message);
    }

    /** Says what was wrong, and what showed it. */
    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
