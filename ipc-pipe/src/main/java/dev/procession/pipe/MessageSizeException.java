package dev.procession.pipe;

/** A message is too long for the buffer, for an array, or for what the connection allows. */
public final class MessageSizeException extends PipeException {

    private static final long serialVersionUID = 1L;

    private final long bytes;

    MessageSizeException(String fact, long bytes, long limit) {
        super(fact + ": bytes=" + bytes + ", limit=" + limit);
        this.bytes = bytes;
    }

    /**
     * Returns the length of the message.
     *
     * @return its length in bytes
     */
    public long bytes() {
        return bytes;
    }
}
