package dev.procession.pipe;

import dev.procession.core.lane.MessageEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message that is being received, of which a part may have been consumed. Guarded by the inbox's
 * lock.
 */
final class IncomingMessage {

    /** The longest array of the JVM. */
    static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

    private final MessageKind kind;
    private final long totalBytes;
    private long consumedBytes;
    private boolean begun;
    private byte @Nullable [] ownBytes;
    private @Nullable ByteBuffer lentBuffer;

    IncomingMessage(MessageKind kind, long totalBytes) {
        this.kind = kind;
        this.totalBytes = totalBytes;
    }

    /** Makes a message from the part that was sent with a moved end. */
    static IncomingMessage of(PartialMessage partial) {
        IncomingMessage message = new IncomingMessage(partial.kind(), partial.totalBytes());
        byte[] bytes = Arrays.copyOf(partial.bytes(), (int) partial.totalBytes());
        message.ownBytes = bytes;
        message.consumedBytes = partial.bytes().length;
        message.begun = true;
        return message;
    }

    MessageKind kind() {
        return kind;
    }

    long totalBytes() {
        return totalBytes;
    }

    long consumedBytes() {
        return consumedBytes;
    }

    /** Returns whether a part was consumed. */
    boolean isBegun() {
        return begun;
    }

    boolean isWhole() {
        return begun && consumedBytes == totalBytes;
    }

    /** From now on copies the parts directly into the user's buffer, if none was consumed yet. */
    void lendBuffer(ByteBuffer into) {
        if (!begun) {
            lentBuffer = into;
        }
    }

    /** Copies and consumes the part that the end has found. */
    void absorb(MessageEnd end) throws IOException {
        int bytes = end.payloadBytes();
        if (bytes > totalBytes - consumedBytes) {
            throw new IOException(
                    "a message is longer than its first record says: bytes=" + totalBytes);
        }
        ByteBuffer into = lentBuffer;
        if (into != null) {
            end.copyPayload(into, into.position() + (int) consumedBytes);
        } else if (bytes > 0) {
            end.copyPayload(ByteBuffer.wrap(array()), (int) consumedBytes);
        }
        consumedBytes += bytes; // before the release, which may fail after it has consumed the part
        begun = true;
        end.release();
    }

    private byte[] array() {
        byte[] array = ownBytes;
        if (array == null) {
            array = new byte[(int) totalBytes];
            ownBytes = array;
        }
        return array;
    }

    /** Counts a part that the caller has consumed. */
    void addConsumed(int bytes) {
        consumedBytes += bytes;
        begun = true;
    }

    /** Stops using the user's buffer and keeps what was copied into it. */
    void returnBuffer() {
        ByteBuffer into = lentBuffer;
        if (into != null) {
            lentBuffer = null;
            if (begun) {
                into.get(into.position(), array(), 0, (int) consumedBytes);
            }
        }
    }

    /** Returns the whole message, if no buffer was lent. */
    byte[] bytes() {
        return array();
    }

    /**
     * Copies the message into the buffer unless it is there, and moves the buffer's position behind
     * it.
     */
    void finish(ByteBuffer into) {
        if (lentBuffer != null) {
            into.position(into.position() + (int) totalBytes);
        } else {
            into.put(array());
        }
    }

    /** Returns the consumed part, which is sent with a moving end; null if nothing was consumed. */
    @Nullable PartialMessage partial() {
        return begun
                ? new PartialMessage(kind, totalBytes, Arrays.copyOf(array(), (int) consumedBytes))
                : null;
    }
}
