package dev.procession.core.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Assembles frames from the bytes of a channel, which may arrive in pieces of any size. One thread
 * uses it; the channel may be blocking or non-blocking.
 */
public final class FrameReader {

    /** No frame but an ANSWER is longer; so nobody else can have much memory reserved. */
    static final int MOST_BYTES = 1 << 16;

    private final int mostBytes;
    private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES);
    private @Nullable FrameType type;
    private @Nullable ByteBuffer payload;
    private boolean ended;

    /** A reader of all frames but answers. */
    public FrameReader() {
        this(MOST_BYTES);
    }

    /** A reader of frames that are not longer. */
    FrameReader(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * Reads until a frame is whole; null when the channel has no more bytes now, or has ended.
     *
     * @throws ProtocolException if the bytes are not a frame, or end in the middle of one
     */
    @Nullable
    public Frame read(ReadableByteChannel channel) throws IOException {
        if (payload == null) {
            if (!fill(channel, header, header.position() == 0)) {
                return null;
            }
            long length = header.flip().getLong();
            FrameType found = FrameType.of(header.get());
            int limit = Math.min(mostBytes, found.maxBytes());
            if (length < 0 || length > limit) {
                throw new ProtocolException(
                        "frame is too long: type="
                                + found
                                + ", bytes="
                                + length
                                + ", limit="
                                + limit);
            }
            type = found;
            payload = ByteBuffer.allocate((int) length);
        }
        ByteBuffer body = payload;
        FrameType whole = type;
        if (whole == null || !fill(channel, body, false)) {
            return null;
        }
        header.clear();
        payload = null;
        byte[] bytes = new byte[body.flip().remaining()];
        body.get(bytes);
        return new Frame(whole, bytes);
    }

    /** True once the channel has ended, between two frames. */
    public boolean hasEnded() {
        return ended;
    }

    private boolean fill(ReadableByteChannel channel, ByteBuffer into, boolean mayEnd)
            throws IOException {
        while (into.hasRemaining()) {
            int count = channel.read(into);
            if (count < 0) {
                if (!mayEnd || into.position() > 0) {
                    throw new ProtocolException("the link ended in the middle of a frame");
                }
                ended = true;
                return false;
            }
            if (count == 0) {
                return false;
            }
        }
        return true;
    }
}
