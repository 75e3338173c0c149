package dev.procession.manager.client;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.procession.core.link.ProtocolException;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Encodes frames, and checks their lengths. */
final class Frames {

    private Frames() {}

    /** Puts a whole frame into a buffer that has room for it. */
    static void encode(ByteBuffer into, FrameKind kind, MessageLite message) throws IOException {
        int size = message.getSerializedSize();
        into.putLong(size).put(kind.number());
        CodedOutputStream coded = CodedOutputStream.newInstance(into.slice());
        message.writeTo(coded);
        coded.flush();
        into.position(into.position() + size);
    }

    /** Refuses a frame from the server that is longer than it may be. */
    static void requireLength(FrameKind kind, long length, long limit) throws ProtocolException {
        if (length < 0 || length > limit) {
            throw new ProtocolException(
                    "frame is too long: kind=" + kind + ", bytes=" + length + ", limit=" + limit);
        }
    }

    /**
     * Checks a request before it is sent.
     *
     * @throws IllegalArgumentException if it is larger than the server takes
     */
    static void requireFits(long requestBytes, long maxBytes) {
        long bytes = requestBytes + FrameKind.ANSWER_BYTES;
        if (bytes > maxBytes) {
            throw new IllegalArgumentException(
                    "larger than the manager's server takes: bytes="
                            + bytes
                            + ", limit="
                            + maxBytes);
        }
    }
}
