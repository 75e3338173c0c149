package dev.procession.manager.client;

import com.google.protobuf.MessageLite;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.manager.wire.FrameKind;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Frames over one blocking connection, for one thread. The buffers are reused, so a small message
 * allocates nothing but itself.
 */
final class BlockingConnection implements Closeable {

    private static final Log LOG = Log.of(BlockingConnection.class);

    private static final int BUFFER_BYTES = 1 << 14;

    private final SocketChannel channel;
    private final Alarms alarms;
    private final Runnable closing = this::close;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private FrameKind kind = FrameKind.HELLO;
    private long maxBytes = FrameKind.MAX_HANDSHAKE_BYTES;
    private long incarnation;
    private @Nullable AnswerSpin spin;
    private Timeout timeout = Timeout.NEVER;

    BlockingConnection(SocketChannel channel, Alarms alarms) {
        this.channel = channel;
        this.alarms = alarms;
    }

    /**
     * Sets the limit of the reads and writes from now on; one that lasts longer finds its
     * connection closed.
     */
    void limit(Timeout limit) {
        timeout = limit;
    }

    private Alarms.@Nullable Alarm alarm() {
        return timeout.isLimited() ? alarms.set(closing, timeout.endNanos()) : null;
    }

    private static void stop(Alarms.@Nullable Alarm alarm) {
        if (alarm != null) {
            alarm.cancel();
        }
    }

    /** Connects; blocks while the server's backlog is full. */
    void connect(SocketAddress server) throws IOException {
        Alarms.@Nullable Alarm alarm = alarm();
        try {
            boolean unused = channel.connect(server);
        } finally {
            stop(alarm);
        }
    }

    /** Sets what the handshake has told of the server. */
    void opened(long serverIncarnation, long maxFrameBytes) {
        incarnation = serverIncarnation;
        maxBytes = maxFrameBytes;
    }

    /** Has reads poll before they block, from now on; one thread then both writes and reads. */
    void spinFirst() {
        spin = new AnswerSpin(channel);
    }

    /** The server that this leads to; each run of a server has another number. */
    long incarnation() {
        return incarnation;
    }

    /** The longest payload that the server takes. */
    long maxBytes() {
        return maxBytes;
    }

    /** Writes a frame whole. */
    void write(FrameKind frameKind, MessageLite message) throws IOException {
        // A small message fits into the socket's buffer, even if the server does not read.
        Alarms.@Nullable Alarm alarm = message.getSerializedSize() > BUFFER_BYTES ? alarm() : null;
        try {
            append(frameKind, message);
            flush();
        } finally {
            stop(alarm);
        }
    }

    /** Puts a frame into the buffer, and writes what does not fit. */
    void append(FrameKind frameKind, MessageLite message) throws IOException {
        int size = message.getSerializedSize();
        if (out.remaining() < FrameKind.HEADER_BYTES + size) {
            flush();
        }
        if (FrameKind.HEADER_BYTES + size <= out.remaining()) {
            Frames.encode(out, frameKind, message);
        } else {
            out.putLong(size).put(frameKind.number());
            appendLarge(message.toByteArray());
        }
    }

    private void appendLarge(byte[] bytes) throws IOException {
        int from = 0;
        while (from < bytes.length) {
            int count = Math.min(out.remaining(), bytes.length - from);
            out.put(bytes, from, count);
            from += count;
            if (!out.hasRemaining()) {
                flush();
            }
        }
    }

    /** Writes what is in the buffer. */
    void flush() throws IOException {
        out.flip();
        if (spin != null) {
            spin.write(out);
        }
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    /**
     * Blocks for a frame, whose kind {@link #kind} returns.
     *
     * @return its payload, valid until the next call
     */
    ByteBuffer read() throws IOException {
        require(FrameKind.HEADER_BYTES);
        long length = in.getLong();
        kind = FrameKind.of(in.get());
        Frames.requireLength(kind, length, maxBytes);
        int size = (int) length;
        if (size <= BUFFER_BYTES) {
            require(size);
            ByteBuffer payload = in.slice().limit(size);
            in.position(in.position() + size);
            return payload;
        }
        byte[] large = new byte[size];
        int have = Math.min(size, in.remaining());
        in.get(large, 0, have);
        while (have < size) {
            fill();
            int count = Math.min(size - have, in.remaining());
            in.get(large, have, count);
            have += count;
        }
        return ByteBuffer.wrap(large);
    }

    /** The kind of the last frame. */
    FrameKind kind() {
        return kind;
    }

    /** The channel, for a user that goes on without this. */
    SocketChannel channel() {
        return channel;
    }

    private void require(int count) throws IOException {
        while (in.remaining() < count) {
            fill();
        }
    }

    private void fill() throws IOException {
        in.compact();
        try {
            int count = spin == null ? 0 : spin.readSpinning(in);
            if (count == 0) {
                Alarms.@Nullable Alarm alarm = alarm();
                try {
                    count = spin == null ? channel.read(in) : spin.readBlocking(in);
                } finally {
                    stop(alarm);
                }
            }
            if (count < 0) {
                throw new EOFException("the server closed the connection");
            }
        } finally {
            in.flip();
        }
    }

    @Override
    public void close() {
        close(channel);
    }

    /** Closes a channel; a failure is only logged, as the connection is of no use any more. */
    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.report(System.Logger.Level.DEBUG, "closing a connection failed", e);
        }
    }
}
