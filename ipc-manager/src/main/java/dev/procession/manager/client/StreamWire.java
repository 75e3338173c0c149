package dev.procession.manager.client;

import com.google.protobuf.MessageLite;
import dev.procession.core.wire.ProtocolException;
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
final class StreamWire implements Closeable {

    private static final int BUFFER_BYTES = 1 << 14;

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

    private boolean headerRead;
    private int size;
    private FrameKind kind = FrameKind.RESPONSE;

    /**
     * Takes over a connection whose handshake is over.
     *
     * @throws IOException if it is broken
     */
    StreamWire(Wire greeted, Selector selector) throws IOException {
        channel = greeted.channel();
        incarnation = greeted.incarnation();
        maxBytes = greeted.maxBytes();
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
            Wire.encode(out, frameKind, message);
        } else {
            ByteBuffer large = ByteBuffer.allocate(bytes);
            Wire.encode(large, frameKind, message);
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

    /** The payload of the next frame that has come whole, good until the next call; or null. */
    @Nullable ByteBuffer next() throws ProtocolException {
        if (!headerRead) {
            if (in.remaining() < FrameKind.HEADER_BYTES) {
                return null;
            }
            readHeader();
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
        Wire.requireLength(kind, length, maxBytes);
        size = (int) length;
        headerRead = true;
        if (size > BUFFER_BYTES - FrameKind.HEADER_BYTES) {
            largeIn = ByteBuffer.allocate(size).put(in); // it cannot all be there
        }
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
        Wire.close(channel);
    }
}
