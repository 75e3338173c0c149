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
 * Frames over one connection that never blocks, so an interrupt does it no harm. Who writes has
 * {@link #writing}, who reads has {@link #reading}; nobody waits for either.
 */
final class NonBlockingConnection implements Closeable {

    private static final int BUFFER_BYTES = 1 << 14;

    /** How protobuf begins a response: field 1, a number, of ten bytes at most. */
    private static final byte SEQ_TAG = Response.SEQ_FIELD_NUMBER << 3;

    private static final int SEQ_BYTES = 11;

    /** Held by the one who appends and flushes. */
    final ReentrantLock writing = new ReentrantLock();

    /** Held by the one who receives. */
    final ReentrantLock reading = new ReentrantLock();

    private final SocketChannel channel;
    private final SelectionKey key;
    private final long incarnation;
    private final long maxBytes;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /** What is left of a frame larger than the buffer; it follows what the buffer has. */
    private @Nullable ByteBuffer largeOut;

    /** A frame larger than the buffer, as far as it has come. */
    private @Nullable ByteBuffer largeIn;

    /** What is left of a frame that this process has no memory for. */
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

    /** Which server this leads to. */
    long incarnation() {
        return incarnation;
    }

    /** The longest payload the server takes. */
    long maxBytes() {
        return maxBytes;
    }

    /** Says what the selector is to wait for. */
    void awaitAlsoRoom(boolean room) {
        if (key.isValid()) {
            key.interestOps(
                    room ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    /** Puts a frame behind the others; false if they have to be written first. */
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

    /** Writes what there is; false if the connection takes no more now. */
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

    /** A frame came that this process has no memory for; the connection goes on behind it. */
    static final class TooLargeException extends IOException {

        private static final long serialVersionUID = 1L;

        private final long seq;
        private final long bytes;

        TooLargeException(long seq, long bytes, OutOfMemoryError cause) {
            super("no memory for a frame: bytes=" + bytes, cause);
            this.seq = seq;
            this.bytes = bytes;
        }

        /** Whose answer it was; 0 for no request's. */
        long seq() {
            return seq;
        }

        /** How long it was. */
        long bytes() {
            return bytes;
        }
    }

    /**
     * The payload of the next frame that has come whole, good until the next call; or null.
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
            largeIn = ByteBuffer.allocate(size).put(in); // it cannot all be there
        } catch (OutOfMemoryError e) {
            headerRead = false;
            skipping = size;
            throw new TooLargeException(kind == FrameKind.RESPONSE ? seq(in) : 0, size, e);
        }
    }

    /** The number with which a response begins, without a look at the rest; 0 if it has none. */
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

    /** What the last frame was. */
    FrameKind kind() {
        return kind;
    }

    /** Waits until nobody writes here any more; those who do never block. */
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
