package dev.procession.core.wire;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A child's side of the link to its parent: blocking, read by one thread, written by any.
 *
 * <p>No thread that users can interrupt may use it, for the JDK closes the channel of an
 * interrupted thread.
 */
public final class ParentLink {

    private final SocketChannel channel;
    private final FrameReader reader = new FrameReader();

    @GuardedBy("this")
    private boolean broken;

    private ParentLink(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects to the parent and proves to be its child. */
    public static ParentLink connect(Session session, long parent) throws IOException {
        return new ParentLink(
                Links.connect(session, parent, Hello.Purpose.CONTROL, session.self(), 0));
    }

    /** Blocks for the next frame; null when the link has ended. */
    public @Nullable Frame receive() throws IOException {
        return reader.read(channel);
    }

    /** Blocks until the frame is on its way. */
    public synchronized void send(Frame frame) throws IOException {
        if (broken) {
            throw new IOException("the link to the parent is broken");
        }
        broken = true; // unless all of it is written: half a frame must be the last
        ByteBuffer bytes = frame.toBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        broken = false;
    }
}
