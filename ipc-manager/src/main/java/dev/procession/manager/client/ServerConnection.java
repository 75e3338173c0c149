package dev.procession.manager.client;

import com.google.protobuf.MessageLite;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The connection of this process to its server. It never blocks, so an interrupt does not close it.
 * A thread that writes holds {@link #writing}, a thread that reads holds {@link #reading}; callers
 * only try both, so that none waits for another.
 *
 * <p>A connection that takes no more bytes is {@linkplain #isFull full}: then a thread in the
 * selector waits for room. A connection that is {@linkplain #isBroken broken} is read to its end
 * before the client's thread makes another.
 */
final class ServerConnection implements Closeable {

    private static final int BUFFER_BYTES = 1 << 14;

    private static final Log LOG = Log.of(ServerConnection.class);

    /** The first byte of a response: the tag of field 1, a number of ten bytes at most. */
    private static final byte SEQ_TAG = Response.SEQ_FIELD_NUMBER << 3;

    private static final int SEQ_BYTES = 11;

    /**
     * A write takes no more at once: the JDK copies all that it may take of a buffer on the heap,
     * however little the socket takes then.
     */
    private static final int SLICE_BYTES = 1 << 17;

    /** Held by the thread that writes. */
    final ReentrantLock writing = new ReentrantLock();

    /** Held by the thread that reads. */
    final ReentrantLock reading = new ReentrantLock();

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

    /** What has to be written; guarded by the lock of {@link PendingCalls}. */
    private final OutBuffers out = new OutBuffers();

    private ServerSession session = ServerSession.NONE;
    private long maxBytes = FrameKind.MAX_HANDSHAKE_BYTES;

    /** What is written now, by the holder of {@link #writing}. */
    private @Nullable ByteBuffer current;

    /** Bytes of {@link #out} that were written; for the holder of {@link #writing}. */
    private long written;

    /** Changed by the holder of {@link #writing}; others read it. */
    private volatile boolean full;

    private volatile boolean broken;

    private volatile @Nullable ProtocolException protocolError;

    /** A frame larger than the buffer, as far as it has arrived. */
    private @Nullable ByteBuffer largeIn;

    /** Whether something came with the end of the handshake. */
    private boolean receivedMore;

    /** Bytes to skip of a frame that this process has no memory for. */
    private long skipping;

    private boolean headerRead;
    private int size;
    private FrameKind kind = FrameKind.RESPONSE;

    /**
     * Takes over a channel that is connected.
     *
     * @throws IOException if it is broken
     */
    ServerConnection(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    /** Sets what the handshake has told of the server, and ends it. */
    void opened(ServerSession of, long maxFrameBytes) {
        session = of;
        maxBytes = maxFrameBytes;
        receivedMore = in.hasRemaining();
    }

    /** The session that this connection continues. */
    ServerSession session() {
        return session;
    }

    /** The longest payload that the server takes. */
    long maxBytes() {
        return maxBytes;
    }

    /** What has to be written; for the holder of the lock of {@link PendingCalls}. */
    OutBuffers out() {
        return out;
    }

    /** Whether the connection takes no more bytes now. */
    boolean isFull() {
        return full;
    }

    /** Notes whether there is room again; for the thread in the selector. */
    void noteRoom(boolean room) {
        if (room) {
            full = false;
        }
    }

    /** Whether another connection has to be made. */
    boolean isBroken() {
        return broken || !channel.isOpen();
    }

    /** Notes a failure. What the server has sent before can still be read. */
    void failed() {
        broken = true;
    }

    /** Notes that the server has sent what it must not, or a refusal. */
    void noteProtocolError(ProtocolException error) {
        protocolError = error;
    }

    /** Returns why the server's frames make no sense, or its refusal; null if neither. */
    @Nullable ProtocolException protocolError() {
        return protocolError;
    }

    /** Sets whether the selector waits for room to write, as well as for bytes to read. */
    void awaitAlsoRoom(boolean room) {
        if (key.isValid()) {
            int wanted = room ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (key.interestOps() != wanted) {
                key.interestOps(wanted);
            }
        }
    }

    /** Writes a frame of the handshake, which is smaller than the socket's buffer. */
    void writeSmall(FrameKind frameKind, MessageLite message) throws IOException {
        ByteBuffer frame =
                ByteBuffer.allocate(FrameKind.HEADER_BYTES + message.getSerializedSize());
        Frames.encode(frame, frameKind, message);
        frame.flip();
        int unused = channel.write(frame);
        if (frame.hasRemaining()) {
            throw new IOException("the connection takes no handshake");
        }
    }

    /** Returns the buffer that is written now; for the holder of {@link #writing}. */
    @Nullable ByteBuffer current() {
        return current;
    }

    /**
     * Writes buffers, until there are no more or the connection is full. When it takes nothing, the
     * thread tries again for a while, as the server may be reading: a sleep would cost more.
     *
     * @param next returns the buffer to write after one that is written
     * @return false if the connection is full
     */
    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy; nothing relies on it
    boolean write(UnaryOperator<@Nullable ByteBuffer> next) throws IOException {
        long blockedSince = 0;
        while (current != null || (current = next.apply(null)) != null) {
            ByteBuffer buffer = current;
            int count = channel.write(slice(buffer));
            written += out.isConfirmation(buffer) ? 0 : count;
            buffer.position(buffer.position() + count);
            if (!buffer.hasRemaining()) {
                current = next.apply(buffer);
            }
            if (count > 0) {
                blockedSince = 0;
                continue;
            }
            long now = System.nanoTime();
            blockedSince = blockedSince == 0 ? now : blockedSince;
            if (now - blockedSince > SpinPlaces.SPIN_NANOS) {
                full = true;
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    private static ByteBuffer slice(ByteBuffer of) {
        return of.remaining() <= SLICE_BYTES
                ? of.duplicate()
                : of.duplicate().limit(of.position() + SLICE_BYTES);
    }

    /** How many bytes of {@link #out} were written; for the holder of {@link #writing}. */
    long written() {
        return written;
    }

    /**
     * Reads once; the first time, what came with the end of the handshake.
     *
     * @return whether anything came
     * @throws EOFException if the server closed the connection
     */
    boolean receive() throws IOException {
        if (receivedMore) {
            receivedMore = false;
            return true;
        }
        ByteBuffer large = largeIn;
        int count;
        if (large != null) {
            int capacity = large.capacity();
            large.limit(Math.min(capacity, large.position() + SLICE_BYTES));
            try {
                count = channel.read(large);
            } finally {
                large.limit(capacity);
            }
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

    @Override
    public void close() {
        broken = true;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.report(System.Logger.Level.DEBUG, "closing a connection failed", e);
        }
    }
}
