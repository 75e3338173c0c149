package dev.procession.manager.stream;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.procession.core.log.Log;
import dev.procession.manager.wire.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one connection that are large, or for which its channel has no room, and those
 * behind them. They stay messages on the heap, which share the bytes of what is stored; the channel
 * gets a few slices at a time, as copies outside the heap. While frames are here the channel counts
 * as not writable. Used by the server's thread alone.
 */
final class FrameQueue {

    private static final Log LOG = Log.of(FrameQueue.class);

    private static final AttributeKey<FrameQueue> QUEUE =
            AttributeKey.valueOf(FrameQueue.class, "queue");

    /** Larger frames are passed on in slices of this size. */
    static final int SLICE_BYTES = 1 << 16;

    private static final int PARTS_BYTES = 4096;

    /** The channel's socket has room for no more at once. */
    private static final int MAX_SLICED_BYTES = 2 * SLICE_BYTES;

    /** Which of the channel's reasons not to be writable this is. */
    private static final int REASON = 1;

    private record Frame(FrameKind kind, MessageLite message, ChannelPromise written) {}

    private final Channel channel;
    private final ServerFailure failure;
    private final Deque<Frame> frames = new ArrayDeque<>();

    /** What is left to be sent of the first frame, once it has begun. */
    private @Nullable ByteBuf current;

    /** How many frames the store has what they acknowledge of. */
    private int released;

    /** Bytes of slices that the socket has not taken. */
    private int slicedBytes;

    private int answers;

    /** How many slices the socket has taken. */
    private long taken;

    private FrameQueue(Channel channel, ServerFailure failure) {
        this.channel = channel;
        this.failure = failure;
        channel.closeFuture().addListener(closed -> clear());
    }

    /** Returns the queue of a channel, or null if it never needed one. */
    static @Nullable FrameQueue find(Channel channel) {
        return channel.attr(QUEUE).get();
    }

    static FrameQueue of(Channel channel, ServerFailure failure) {
        FrameQueue queue = find(channel);
        if (queue == null) {
            queue = new FrameQueue(channel, failure);
            channel.attr(QUEUE).set(queue);
        }
        return queue;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** How many answers a channel's client cannot have, as they wait here. */
    static int answers(Channel channel) {
        FrameQueue queue = find(channel);
        return queue == null ? 0 : queue.answers;
    }

    /** How many slices a channel's socket has taken; negative if no frames wait here. */
    static long taken(Channel channel) {
        FrameQueue queue = find(channel);
        return queue == null || queue.isEmpty() ? -1 : queue.taken;
    }

    void add(FrameKind kind, MessageLite message, ChannelPromise written) {
        if (!channel.isOpen()) {
            fail(written);
            return;
        }
        frames.add(new Frame(kind, message, written));
        answers += kind == FrameKind.RESPONSE ? 1 : 0;
        setWritable(false);
    }

    /** The store has what the frames acknowledge: they may go. The caller flushes the channel. */
    void release() {
        released = frames.size();
        boolean unused = pass();
    }

    /**
     * Passes slices to the channel; returns whether there were some. Without the rest of a frame
     * that has begun the connection is of no use, and nobody would go on later.
     */
    private boolean pass() {
        try {
            return passSlices();
        } catch (OutOfMemoryError e) { // of the heap
            failure.ranOutOfMemory(e);
        } catch (Throwable e) { // that of one connection
            closeFailed(channel, e);
        }
        return false;
    }

    private boolean passSlices() {
        boolean passed = false;
        while (released > 0 && slicedBytes < MAX_SLICED_BYTES) {
            Frame first = frames.getFirst();
            if (current == null) {
                current = bytes(first);
            }
            ByteBuf slice;
            try {
                slice =
                        channel.alloc()
                                .directBuffer(Math.min(SLICE_BYTES, current.readableBytes()));
            } catch (OutOfMemoryError e) { // outside the heap
                closeWithoutMemory(channel, e);
                return false;
            }
            slice.writeBytes(current, Math.min(SLICE_BYTES, current.readableBytes()));
            boolean last = !current.isReadable();
            if (last) {
                current.release();
                current = null;
                frames.removeFirst();
                released--;
                answers -= first.kind == FrameKind.RESPONSE ? 1 : 0;
            }
            write(slice, last ? first.written : null);
            passed = true;
        }
        if (frames.isEmpty()) {
            setWritable(true);
        }
        return passed;
    }

    private void write(ByteBuf slice, @Nullable ChannelPromise written) {
        int bytes = slice.readableBytes();
        slicedBytes += bytes;
        channel.write(slice)
                .addListener(
                        done -> {
                            slicedBytes -= bytes;
                            if (written != null && !written.isVoid()) {
                                if (done.isSuccess()) {
                                    written.trySuccess();
                                } else {
                                    written.tryFailure(done.cause());
                                }
                            }
                            if (!done.isSuccess()) {
                                ChannelFuture unused = channel.close(); // a hole in the stream
                                return;
                            }
                            taken++;
                            if (pass()) {
                                channel.flush();
                            }
                        });
    }

    /** Returns the bytes of a frame; large values are not copied. */
    private static ByteBuf bytes(Frame frame) {
        Parts parts = new Parts();
        try {
            int size = frame.message.getSerializedSize();
            parts.small.writeLong(size).writeByte(frame.kind.number());
            CodedOutputStream coded = CodedOutputStream.newInstance(parts, PARTS_BYTES);
            frame.message.writeTo(coded);
            coded.flush();
        } catch (IOException e) {
            throw new IllegalStateException("a message cannot be written to memory", e);
        }
        parts.endSmall();
        return Unpooled.wrappedBuffer(parts.all.size(), parts.all.toArray(ByteBuf[]::new));
    }

    /** Copies small writes, and keeps large ones as they are: they are of values, never changed. */
    private static final class Parts extends OutputStream {
        private final List<ByteBuf> all = new ArrayList<>();
        private ByteBuf small = Unpooled.buffer();

        @Override
        public void write(int value) {
            small.writeByte(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            if (length <= PARTS_BYTES) { // it may be the buffer of the encoder
                small.writeBytes(bytes, offset, length);
            } else {
                endSmall();
                all.add(Unpooled.wrappedBuffer(bytes, offset, length));
            }
        }

        void endSmall() {
            all.add(small);
            small = Unpooled.buffer();
        }
    }

    /** Closes a connection for whose next frame there is no memory; its client asks again. */
    static void closeWithoutMemory(Channel channel, OutOfMemoryError e) {
        LOG.report(
                Level.WARNING, "a connection was closed, as there is no memory to send to it", e);
        ChannelFuture unused = channel.close();
    }

    /** Closes a connection of which a frame cannot be sent; its client asks again. */
    static void closeFailed(Channel channel, Throwable e) {
        LOG.report(Level.ERROR, "a connection was closed, as a frame to it failed", e);
        ChannelFuture unused = channel.close();
    }

    private void setWritable(boolean writable) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        if (out != null && out.getUserDefinedWritability(REASON) != writable) {
            out.setUserDefinedWritability(REASON, writable);
        }
    }

    private static void fail(ChannelPromise written) {
        if (!written.isVoid()) {
            written.tryFailure(new ClosedChannelException());
        }
    }

    private void clear() {
        released = 0;
        answers = 0;
        List<Frame> dropped = List.copyOf(frames);
        frames.clear();
        if (current != null) {
            current.release();
            current = null;
        }
        dropped.forEach(frame -> fail(frame.written));
    }
}
