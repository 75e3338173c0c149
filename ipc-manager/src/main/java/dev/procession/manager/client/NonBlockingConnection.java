package dev.procession.manager.client;

import com.google.protobuf.MessageLite;
import dev.procession.core.link.ProtocolException;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames over one connection that never blocks, so an interrupt does not close it. A writer holds
 * {@link #writing}, a reader holds {@link #reading}; both are only tried, so that no thread waits
 * for another.
 */
final class NonBlockingConnection implements Closeable {

    private static final int BUFFER_BYTES = 1 << 14;

    /** The first byte of a response: the tag of field 1, a number of ten bytes at most. */
    private static final byte SEQ_TAG = Response.SEQ_FIELD_NUMBER << 3;

    private static final int SEQ_BYTES = 11;

    /** Held by the thread that appends and flushes. */
    final ReentrantLock writing = new ReentrantLock();

    /** Held by the thread that receives. */
    final ReentrantLock reading = new ReentrantLock();

    private final SocketChannel channel;
    private final SelectionKey key;
    private final long incarnation;
    private final long maxBytes;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /** The unwritten rest of a frame larger than the buffer; it follows the buffer's content. */
    private @Nullable ByteBuffer largeOut;

    /** A frame larger than the buffer, as far as it has arrived. */
    private @Nullable ByteBuffer largeIn;

    /** Bytes to skip of a frame that this process has no memory for. */
    private long skipping;

    private boolean headerRead;
    private int size;
    private FrameKind kind = FrameKind.RESPONSE;

    /**
     * Takes over a connection whose handshake is over.
     *
     * @throws IOException if it is broken
     */
    NonBlockingConnection(BlockingConnection established, Selector selector) throws IOException {
        channel = established.channel();
        incarnation = established.incarnation();
        maxBytes = established.maxBytes();
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    /** The server that this leads to; each run of a server has another number. */
    long incarnation() {
        return incarnation;
    }

    /** The longest payload that the server takes. */
    long maxBytes() {
        return maxBytes;
    }

    /** Sets whether the selector waits for room to write, as well as for bytes to read. */
    void awaitAlsoRoom(boolean room) {
        if (key.isValid()) {
            key.interestOps(
                    room ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    /** Adds a frame to the buffer; returns false if the others have to be written first. */
    boolean append(FrameKind frameKind, MessageLite message) throws IOException {
        int bytes = FrameKind.HEADER_BYTES + message.getSerializedSize();
        if ((largeOut != null || out.remaining() < bytes) && !flush()) {
            return false;
        }
        if (bytes <= out.remaining()) {
            Frames.encode(out, frameKind, message);
        } else {
            ByteBuffer large = ByteBuffer.allocate(bytes);
            Frames.encode(large, frameKind, message);
            largeOut = large.flip();
        }
        return true;
    }

    /** Writes the buffered frames; returns false if the connection takes no more now. */
    boolean flush() throws IOException {
        if (out.position() > 0) {
            out.flip();
            try {
                int unused = channel.write(out);
            } finally {
                out.compact();
            }
            if (out.position() > 0) {
                return false;
            }
        }
        ByteBuffer large = largeOut;
        if (large != null) {
            while (large.hasRemaining()) {
                if (channel.write(large) == 0) {
                    return false;
                }
            }
            largeOut = null;
        }
        return true;
    }

    /**
     * Reads once.
     *
     * @return whether anything came
     * @throws EOFException if the server closed the connection
     */
    boolean receive() throws IOException {
        ByteBuffer large = largeIn;
        int count;
        if (large != null) {
            count = channel.read(large);
        } else {
            in.compact();
            try {
                count = channel.read(in);
            } finally {
                in.flip();
            }
        }
        if (count < 0) {
            throw new EOFException("the server closed the connection");
        }
        return count > 0;
    }

    /** Reports a frame that this process has no memory for; the connection goes on after it. */
    static final class TooLargeException extends IOException {

        private static final long serialVersionUID = 1L;

        private final long seq;
        private final long bytes;

        TooLargeException(long seq, long bytes, OutOfMemoryError cause) {
            super("no memory for a frame: bytes=" + bytes, cause);
            this.seq = seq;
            this.bytes = bytes;
        }

        /** The number of the request that it answers; 0 for none. */
        long seq() {
            return seq;
        }

        /** The length of the frame. */
        long bytes() {
            return bytes;
        }
    }

    /**
     * Returns the payload of the next complete frame, valid until the next call; null if there is
     * none.
     *
     * @throws TooLargeException if there is no memory for it; the next call goes on
     */
    @Nullable ByteBuffer next() throws IOException {
        if (skipping > 0) {
            int count = (int) Math.min(skipping, in.remaining());
            in.position(in.position() + count);
            skipping -= count;
            if (skipping > 0) {
                return null;
            }
        }
        if (!headerRead) {
            if (in.remaining() < FrameKind.HEADER_BYTES) {
                return null;
            }
            readHeader();
        }
        if (largeIn == null && size > BUFFER_BYTES) {
            if (in.remaining() < SEQ_BYTES) {
                return null;
            }
            beginLarge();
        }
        ByteBuffer large = largeIn;
        if (large == null) {
            if (in.remaining() < size) {
                return null;
            }
            ByteBuffer payload = in.slice().limit(size);
            in.position(in.position() + size);
            headerRead = false;
            return payload;
        }
        if (large.hasRemaining()) {
            return null;
        }
        headerRead = false;
        largeIn = null;
        return large.flip();
    }

    private void readHeader() throws ProtocolException {
        long length = in.getLong();
        kind = FrameKind.of(in.get());
        Frames.requireLength(kind, length, maxBytes);
        size = (int) length;
        headerRead = true;
    }

    private void beginLarge() throws TooLargeException {
        try {
            largeIn = ByteBuffer.allocate(size).put(in); // the buffer cannot have all of it
        } catch (OutOfMemoryError e) {
            headerRead = false;
            skipping = size;
            throw new TooLargeException(kind == FrameKind.RESPONSE ? seq(in) : 0, size, e);
        }
    }

    /**
     * Returns the number with which a response begins, without decoding the rest; 0 if it has none.
     */
    static long seq(ByteBuffer payload) {
        int at = payload.position();
        if (payload.remaining() < SEQ_BYTES || payload.get(at) != SEQ_TAG) {
            return 0;
        }
        long seq = 0;
        for (int i = 0; i < SEQ_BYTES - 1; i++) {
            byte part = payload.get(at + 1 + i);
            seq |= (long) (part & 0x7f) << (7 * i);
            if (part >= 0) {
                return seq;
            }
        }
        return 0;
    }

    /** The kind of the last frame. */
    FrameKind kind() {
        return kind;
    }

    /** Waits until no thread writes to this connection; a writer never blocks. */
    @SuppressWarnings("LockNotBeforeTry") // nothing is done under it
    void awaitWriter() {
        writing.lock();
        writing.unlock();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        BlockingConnection.close(channel);
    }
}
