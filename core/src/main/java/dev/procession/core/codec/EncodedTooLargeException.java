package dev.procession.core.codec;

import java.io.IOException;

/** An object was not encoded, because its encoded form would be larger than it may be. */
public final class EncodedTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    EncodedTooLargeException(int limit) {
        super("the encoded form is larger than a message may be: limit=" + limit);
    }
}
