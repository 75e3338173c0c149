package dev.procession.core.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The accepting side of a link on which both sides send frames: a parent's link to one child, or
 * the link of a process that asks. It exists before the other side connects: frames sent until then
 * wait.
 *
 * <p>Any thread may {@link #send}, which never blocks. The link server's thread passes received
 * frames to the listener. The end of the link does not prove the child's death; only the kernel can
 * prove it.
 */
public final class FrameLink implements ReadyHandler {

    /** Receives the other side's frames on the link server's thread, which it must not block. */
    public interface Listener {
        /** Called when the other side has sent a frame. */
        void received(Frame frame) throws IOException;

        /** Called by any thread when the link is over, perhaps more than once. */
        default void ended() {}
    }

    private final Listener listener;
    private final FrameReader reader = new FrameReader();

    @GuardedBy("unsent")
    private final Queue<ByteBuffer> unsent = new ArrayDeque<>();

    @GuardedBy("unsent")
    private @Nullable SelectionKey key;

    @GuardedBy("unsent")
    private boolean closed;

    /** A link whose other side has not connected yet. */
    public FrameLink(Listener listener) {
        this.listener = listener;
    }

    /**
     * Sends a frame, now or when the other side has connected; returns false, and does nothing,
     * when the link is over.
     */
    public boolean send(Frame frame) {
        boolean over;
        synchronized (unsent) {
            if (closed) {
                return false;
            }
            unsent.add(frame.toBuffer());
            SelectionKey connected = key;
            if (connected != null && unsent.size() == 1) {
                flush(connected);
            }
            over = closed;
        }
        return !reportIfOver(over);
    }

    private boolean reportIfOver(boolean over) {
        if (over) {
            listener.ended();
        }
        return over;
    }

    /** Ends the link; a child then checks whether this process died. */
    public void close() {
        synchronized (unsent) {
            closed = true;
            unsent.clear();
            if (key != null) {
                LinkKeys.closeQuietly(key);
            }
        }
        listener.ended();
    }

    /** How many bytes of frames wait until the other side reads. */
    long unsentBytes() {
        synchronized (unsent) {
            long bytes = 0;
            for (ByteBuffer frame : unsent) {
                bytes += frame.remaining();
            }
            return bytes;
        }
    }

    /** True from when the other side has connected. */
    public boolean isConnected() {
        synchronized (unsent) {
            return key != null;
        }
    }

    /** Called when the other side has connected. */
    void connect(SelectionKey connected) {
        boolean over;
        synchronized (unsent) {
            if (closed || key != null) {
                LinkKeys.closeQuietly(connected);
                return;
            }
            key = connected;
            flush(connected);
            over = closed;
        }
        boolean unused = reportIfOver(over);
    }

    @GuardedBy("unsent")
    private void flush(SelectionKey connected) {
        try {
            SocketChannel channel = (SocketChannel) connected.channel();
            ByteBuffer next;
            while ((next = unsent.peek()) != null) {
                channel.write(next);
                if (next.hasRemaining()) {
                    LinkKeys.interest(connected, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    return;
                }
                unsent.remove();
            }
            LinkKeys.interest(connected, SelectionKey.OP_READ);
        } catch (IOException e) {
            // The other side has ended or is ending; a child's observer reports that.
            closed = true;
            unsent.clear();
            LinkKeys.closeQuietly(connected);
        }
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        try {
            serve(ready);
        } catch (Throwable e) { // what was sent makes no sense, or there is no memory for it
            close();
            throw e;
        }
    }

    private void serve(SelectionKey ready) throws IOException {
        if (ready.isWritable()) {
            boolean over;
            synchronized (unsent) {
                flush(ready);
                over = closed;
            }
            boolean unused = reportIfOver(over);
        }
        if (ready.isValid() && ready.isReadable()) {
            Frame frame;
            while ((frame = read((SocketChannel) ready.channel())) != null) {
                listener.received(frame);
            }
            if (reader.hasEnded()) {
                close();
            }
        }
    }

    private @Nullable Frame read(SocketChannel channel) throws ProtocolException {
        try {
            return reader.read(channel);
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            close(); // one that is killed with unread bytes resets the link, which ends it too
            return null;
        }
    }
}
