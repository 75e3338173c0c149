package dev.procession.core;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes could not be turned back into an object: they are damaged, or they name a class or a lambda
 * that this process does not have, or the object's own code failed while it was restored.
 *
 * <p>Only this one message is affected: the queue, pipe or pool that carried it still works.
 */
public final class UndecodableException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String className;
    private final byte[] bytes;

    /**
     * Creates an exception.
     *
     * @param message what is wrong with the bytes
     * @param className the class that could not be found, or {@code null} if that is not the reason
     * @param bytes the whole message, from position to limit, which is copied; its position does
     *     not change
     * @param cause the exception that ended the attempt, or {@code null} if there is none
     */
    public UndecodableException(
            String message,
            @Nullable String className,
            ByteBuffer bytes,
            @Nullable Throwable cause) {
        super(message, cause);
        this.className = className;
        this.bytes = new byte[bytes.remaining()];
        bytes.duplicate().get(this.bytes);
    }

    /**
     * Returns the name of the class that this process does not have.
     *
     * @return the name, or empty if decoding failed for another reason
     */
    public Optional<String> className() {
        return Optional.ofNullable(className);
    }

    /**
     * Returns a copy of the bytes that could not be decoded, to be stored or examined.
     *
     * @return a new array with the whole message
     */
    public byte[] bytes() {
        return bytes.clone();
    }
}
