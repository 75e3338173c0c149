package dev.procession.manager.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a client sends into frames of kind and payload. A frame that came in one read is passed
 * on as it is; of others the bytes are collected outside the heap, as they come. A large frame
 * needs room of {@link LargeFrames} for that; while it has none, nothing is read.
 *
 * <p>It is no {@code ByteToMessageDecoder}: that one asks for more bytes after each read without a
 * whole frame, also while reading is paused.
 */
final class RequestFrames extends ChannelInboundHandlerAdapter {

    private static final int CHUNK_BYTES = 1 << 20;

    private final LargeFrames large;
    private final int maxBytes;

    /** What has come of the next frame's length. */
    private long length;

    private int lengthBytes;

    /** Whether there is memory for the frame whose length is known. */
    private boolean collecting;

    /** What has come of that frame. */
    private final List<ByteBuf> chunks = new ArrayList<>();

    private int missing;

    /** What was read behind the length of a frame that waits for room. */
    private @Nullable ByteBuf rest;

    private @Nullable ChannelHandlerContext context;

    private @Nullable LongSupplier clock;
    private long begunAt;
    private long lastRead;

    /** How much of the answers the client had read when that was last looked at. */
    private long slicesTaken;

    /** When that was less at the look before. */
    private long takenAt;

    /**
     * Begins at the end of a handshake.
     *
     * @param maxBytes the longest payload
     */
    RequestFrames(LargeFrames large, int maxBytes) {
        this.large = large;
        this.maxBytes = maxBytes;
    }

    /** The memory that the frame needs. */
    long bytes() {
        return length;
    }

    long begunAt() {
        return begunAt;
    }

    long lastRead() {
        return lastRead;
    }

    /** The frame has room. */
    void begin(LongSupplier time) {
        clock = time;
        begunAt = time.getAsLong();
        lastRead = begunAt;
    }

    /**
     * Whether the server does not read on, though the client reads what it was sent.
     *
     * @param now the time of {@link #begin}'s clock
     * @param stillNanos a client that has read nothing for longer does not read
     */
    boolean isHeldBack(long now, long stillNanos) {
        ChannelHandlerContext reading = context;
        if (reading == null || !ReadPause.STREAM.isSet(reading.channel())) {
            return false;
        }
        long taken = FrameQueue.taken(reading.channel());
        if (taken != slicesTaken) {
            slicesTaken = taken;
            takenAt = now;
        }
        return reading.channel().isWritable() || (taken >= 0 && now - takenAt <= stillNanos);
    }

    /** Whether the client reads what it was sent, as far as one can see. */
    boolean isClientReading() {
        ChannelHandlerContext reading = context;
        return reading != null && reading.channel().isWritable();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        context = null;
        chunks.forEach(ByteBuf::release);
        chunks.clear();
        if (rest != null) {
            rest.release();
            rest = null;
        }
        large.end(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (rest != null) { // a read that was under way when reading was paused
            rest = Unpooled.wrappedBuffer(rest, in);
            return;
        }
        try {
            read(reading, in);
        } finally {
            in.release();
        }
    }

    private void read(ChannelHandlerContext reading, ByteBuf in) {
        while (in.isReadable() && reading.channel().isOpen()) { // a failed one is closed
            if (!collecting && !begin(reading, in)) {
                return;
            }
            collect(reading, in);
        }
    }

    /** Begins a frame; returns false if its length is not complete, or there is no room. */
    private boolean begin(ChannelHandlerContext reading, ByteBuf in) {
        while (lengthBytes < Long.BYTES) {
            if (!in.isReadable()) {
                return false;
            }
            length = length << Byte.SIZE | in.readUnsignedByte();
            lengthBytes++;
            if (lengthBytes == Long.BYTES) {
                checkLength();
            }
        }
        missing = (int) length + 1; // the kind comes first
        if (missing > in.readableBytes() && length > LargeFrames.SMALL_BYTES) {
            if (!in.isReadable()) {
                return false;
            }
            if (!large.begin(this)) {
                rest = in.retain();
                ReadPause.LARGE_FRAME.set(reading.channel(), true);
                return false;
            }
        }
        collecting = true;
        return true;
    }

    private void checkLength() {
        if (length < 0) {
            throw new CorruptedFrameException("a frame of negative length: length=" + length);
        }
        if (length > maxBytes) {
            throw new TooLongFrameException(
                    "a frame is too long: length=" + length + ", limit=" + maxBytes);
        }
    }

    private void collect(ChannelHandlerContext reading, ByteBuf in) {
        if (chunks.isEmpty() && in.readableBytes() >= missing) {
            ended(reading, in.readRetainedSlice(missing));
            return;
        }
        while (missing > 0 && in.isReadable()) {
            ByteBuf chunk = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
            if (chunk == null || !chunk.isWritable()) {
                int room = Math.min(missing, CHUNK_BYTES);
                chunk = reading.alloc().directBuffer(room, room);
                chunks.add(chunk);
            }
            int count = Math.min(in.readableBytes(), chunk.writableBytes());
            chunk.writeBytes(in, count);
            missing -= count;
        }
        if (clock != null) {
            lastRead = clock.getAsLong();
        }
        if (missing == 0) {
            ByteBuf whole = Unpooled.wrappedBuffer(chunks.size(), chunks.toArray(ByteBuf[]::new));
            chunks.clear();
            ended(reading, whole);
        }
    }

    private void ended(ChannelHandlerContext reading, ByteBuf frame) {
        reading.fireChannelRead(frame);
        large.end(this);
        clock = null;
        collecting = false;
        lengthBytes = 0;
        length = 0;
    }

    /** There is room for the frame that waits. */
    void goOn() {
        ChannelHandlerContext reading = context;
        ByteBuf in = rest;
        if (reading == null || in == null) {
            return; // the connection has ended meanwhile
        }
        rest = null;
        collecting = true;
        try {
            read(reading, in);
            ReadPause.LARGE_FRAME.set(reading.channel(), rest != null);
        } catch (RuntimeException | OutOfMemoryError e) { // as if thrown by a read
            reading.fireExceptionCaught(e);
        } finally {
            in.release();
        }
    }

    /** Closes the connection: its client repeats the request on the next one. */
    void cutOff() {
        ChannelHandlerContext reading = context;
        if (reading != null) {
            reading.fireExceptionCaught(
                    new TooLongFrameException(
                            "a large request did not arrive in time, and others wait for its"
                                    + " memory: length="
                                    + length
                                    + ", missing="
                                    + missing));
        }
    }
}
