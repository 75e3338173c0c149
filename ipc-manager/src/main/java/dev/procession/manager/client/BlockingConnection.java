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
 * Frames over one blocking connection, for one thread. The buffers are used again and again, so a
 * small message allocates nothing but itself.
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

    /** From now on a read or write that lasts longer finds its connection closed. */
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

    /** Connects; blocks as long as the server has no room for one more that it has to accept. */
    void connect(SocketAddress server) throws IOException {
        Alarms.@Nullable Alarm alarm = alarm();
        try {
            boolean unused = channel.connect(server);
        } finally {
            stop(alarm);
        }
    }

    /** The handshake is over. */
    void opened(long serverIncarnation, long maxFrameBytes) {
        incarnation = serverIncarnation;
        maxBytes = maxFrameBytes;
    }

    /** From now on one thread both writes and reads, and looks for answers before it blocks. */
    void spinFirst() {
        spin = new AnswerSpin(channel);
    }

    /** Which server this leads to. */
    long incarnation() {
        return incarnation;
    }

    /** The longest payload the server takes. */
    long maxBytes() {
        return maxBytes;
    }

    /** Writes a frame whole. */
    void write(FrameKind frameKind, MessageLite message) throws IOException {
        // What is small has room in the socket, whether the server reads or not.
        Alarms.@Nullable Alarm alarm = message.getSerializedSize() > BUFFER_BYTES ? alarm() : null;
        try {
            append(frameKind, message);
            flush();
        } finally {
            stop(alarm);
        }
    }

    /** Puts a frame into the buffer, and what has no room there onto the connection. */
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
     * Blocks for a frame; {@link #kind} tells which.
     *
     * @return its payload, good until the next call
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

    /** What the last frame was. */
    FrameKind kind() {
        return kind;
    }

    /** The connection itself, for who goes on in another way. */
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
