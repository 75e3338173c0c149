package dev.procession.manager.stream;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.procession.manager.store.Store;
import dev.procession.manager.wire.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to clients. The frames of one turn of the event loop go out together, after the
 * store has what they acknowledge. Used by the server's thread alone.
 */
public final class FrameWriter {

    private final EventLoop loop;
    private final @Nullable Store store;
    private final ServerFailure failure;

    /** Channels with frames that did not go out yet. */
    private final Deque<Channel> unflushed = new ArrayDeque<>();

    /** A flush is planned. */
    private boolean flushing;

    public FrameWriter(EventLoop loop, @Nullable Store store, ServerFailure failure) {
        this.loop = loop;
        this.store = store;
        this.failure = failure;
    }

    /**
     * Adds a message to what goes out at the end of this turn.
     *
     * @param written completed when the client's socket has taken it
     */
    void write(Channel channel, FrameKind kind, MessageLite message, ChannelPromise written) {
        if (unflushed.peekLast() != channel) {
            unflushed.add(channel);
        }
        int size = message.getSerializedSize();
        FrameQueue queue = FrameQueue.find(channel);
        if (size > FrameQueue.SLICE_BYTES
                || !channel.isWritable()
                || (queue != null && !queue.isEmpty())) {
            FrameQueue.of(channel, failure).add(kind, message, written);
            return;
        }
        ByteBuf frame;
        try {
            frame = channel.alloc().directBuffer(FrameKind.HEADER_BYTES + size);
        } catch (OutOfMemoryError e) { // outside the heap
            if (!written.isVoid()) {
                written.setFailure(e);
            }
            FrameQueue.closeWithoutMemory(channel, e);
            return;
        }
        try {
            frame.writeLong(size).writeByte(kind.number());
            ByteBuffer room = frame.internalNioBuffer(FrameKind.HEADER_BYTES, size);
            CodedOutputStream coded = CodedOutputStream.newInstance(room);
            message.writeTo(coded);
            coded.flush();
            frame.writerIndex(FrameKind.HEADER_BYTES + size);
        } catch (IOException e) {
            frame.release();
            throw new IllegalStateException("a message does not fit its own size", e);
        }
        ChannelFuture unused = channel.write(frame, written);
    }

    /**
     * Sends what was written. With a store this waits until all connections that are ready have
     * been read, so that one commit covers them all.
     */
    void flush() {
        if (store == null) {
            flushNow();
        } else if (!flushing) {
            loop.execute(this::flushNow); // may fail, then the next turn plans it
            flushing = true;
        }
    }

    private void flushNow() {
        flushing = false;
        if (failure.isFailed()) {
            unflushed.clear(); // what was written before the failure is not promised
            return;
        }
        if (store != null) {
            try {
                if (!store.commit()) {
                    return; // what the store waits for ends a turn
                }
            } catch (Throwable e) { // whatever it is, the changes may not be in the store
                failure.storeFailed(e);
                return;
            }
        }
        Channel channel;
        while ((channel = unflushed.poll()) != null) {
            try {
                flush(channel);
            } catch (OutOfMemoryError e) {
                failure.ranOutOfMemory(e);
                return;
            } catch (Throwable e) { // that of one connection
                FrameQueue.closeFailed(channel, e);
            }
        }
    }

    private static void flush(Channel channel) {
        FrameQueue queue = FrameQueue.find(channel);
        if (queue != null) {
            queue.release();
        }
        channel.flush();
    }
}
