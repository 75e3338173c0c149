package dev.procession.core.link;

import java.nio.ByteBuffer;

/**
 * One message on a socket: the length of the payload in 8 bytes, the type in one byte, and the
 * payload. All numbers are big-endian.
 *
 * @param type the frame's type
 * @param payload its bytes, not copied
 */
public record Frame(FrameType type, byte[] payload) {

    /** Bytes before the payload. */
    static final int HEADER_BYTES = Long.BYTES + 1;

    /** Refuses a payload that is longer than its type allows. */
    public Frame {
        if (payload.length > type.maxBytes()) {
            throw new IllegalArgumentException(
                    "a "
                            + type
                            + " frame holds at most "
                            + type.maxBytes()
                            + " bytes: bytes="
                            + payload.length);
        }
    }

    ByteBuffer toBuffer() {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + payload.length);
        return buffer.putLong(payload.length).put(type.wire()).put(payload).flip();
    }
}
