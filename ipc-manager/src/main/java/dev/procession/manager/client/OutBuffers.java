package dev.procession.manager.client;

import com.google.protobuf.CodedOutputStream;
import dev.procession.manager.proto.Request;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The frames that one connection has to write, in their order. Small frames share a buffer. All
 * methods are called under the lock of {@link PendingCalls}; a buffer that {@link #next} returned
 * belongs to the thread that writes, until it gives it back.
 */
final class OutBuffers {

    private static final int BUFFER_BYTES = 1 << 14;

    /** A longer body is not copied into a shared buffer. */
    private static final int COPIED_BYTES = BUFFER_BYTES / 2;

    /** Empty buffers that are kept for later. */
    private static final int SPARE = 4;

    private static final int CONFIRMATION_BYTES = 64;

    private final Deque<ByteBuffer> full = new ArrayDeque<>();
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();
    private ByteBuffer filling = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long appended;

    /** Holds a frame that only confirms; empty if none is to be written. */
    private final ByteBuffer confirmation = ByteBuffer.allocateDirect(CONFIRMATION_BYTES).limit(0);

    /**
     * Appends a request; the body is not changed afterwards.
     *
     * @param seq the request's number; 0 for one about the stream itself
     * @param received how many answers this client has had
     * @param body all other fields, encoded
     * @return how many bytes are before this frame
     */
    long append(long seq, long received, byte[] body) {
        long before = appended;
        int head = headBytes(seq, received);
        boolean copied = body.length <= COPIED_BYTES;
        int bytes = FrameKind.HEADER_BYTES + head + (copied ? body.length : 0);
        if (filling.remaining() < bytes) {
            fillAnother();
        }
        begin(filling, seq, received, head, body.length);
        if (copied) {
            filling.put(body);
        } else {
            fillAnother();
            full.add(ByteBuffer.wrap(body));
        }
        appended += FrameKind.HEADER_BYTES + head + body.length;
        return before;
    }

    private static int headBytes(long seq, long received) {
        return CodedOutputStream.computeUInt64Size(Request.SEQ_FIELD_NUMBER, seq)
                + CodedOutputStream.computeUInt64Size(Request.RECEIVED_FIELD_NUMBER, received);
    }

    private static void begin(ByteBuffer into, long seq, long received, int head, int bodyBytes) {
        into.putLong((long) head + bodyBytes).put(FrameKind.REQUEST.number());
        CodedOutputStream coded = CodedOutputStream.newInstance(into.slice());
        try {
            coded.writeUInt64(Request.SEQ_FIELD_NUMBER, seq);
            coded.writeUInt64(Request.RECEIVED_FIELD_NUMBER, received);
            coded.flush();
        } catch (IOException e) {
            throw new IllegalStateException("a frame does not fit its own size", e);
        }
        into.position(into.position() + head);
    }

    /**
     * Confirms answers before all that was appended, as the server may wait for that before it
     * reads on. Called while no buffer of this is being written.
     *
     * @param body of a request that only confirms
     */
    void confirm(long received, byte[] body) {
        confirmation.clear();
        begin(confirmation, 0, received, headBytes(0, received), body.length);
        confirmation.put(body).flip();
    }

    private void fillAnother() {
        if (filling.position() > 0) {
            ByteBuffer next = spare.poll();
            if (next == null) {
                next = ByteBuffer.allocateDirect(BUFFER_BYTES);
            }
            full.add(filling.flip());
            filling = next;
        }
    }

    /** Takes a buffer back that is written. */
    void takeBack(ByteBuffer written) {
        if (!isConfirmation(written) && written.isDirect() && spare.size() < SPARE) {
            spare.add(written.clear());
        }
    }

    /** Returns the next buffer to write; null if there is none. */
    @Nullable ByteBuffer next() {
        ByteBuffer first = full.peek();
        if (confirmation.hasRemaining() && (first == null || first.isDirect())) {
            return confirmation; // no frame is half written
        }
        if (first == null) {
            fillAnother();
        }
        return full.poll();
    }

    /** Whether a buffer of {@link #next} is not one of those that were appended. */
    @SuppressWarnings("ReferenceEquality") // it is this buffer, not one with the same content
    boolean isConfirmation(ByteBuffer buffer) {
        return buffer == confirmation;
    }
}
