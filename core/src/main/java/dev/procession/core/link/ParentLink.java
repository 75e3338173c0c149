package dev.procession.core.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A child's side of the link to its parent. It blocks; one thread reads it, any thread writes.
 *
 * <p>No thread that users can interrupt may use it, because the JDK closes the channel of an
 * interrupted thread.
 */
public final class ParentLink {

    private static final Log LOG = Log.of(ParentLink.class);

    private static final long RETRY_MILLIS = 2;

    private final SocketChannel channel;
    private final FrameReader reader = new FrameReader();

    @GuardedBy("this")
    private boolean broken;

    private ParentLink(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Connects to the parent and proves that this process knows the session's secret. The parent
     * may not listen yet, because it starts the child first: then this method waits until the
     * parent listens, or is dead.
     */
    public static ParentLink connect(Session session, long parent) throws IOException {
        File socket = session.socket(parent).toFile();
        while (true) {
            while (!socket.exists() && !session.isDead(parent)) {
                pause(); // a failed attempt would load many classes while the first task runs
            }
            try {
                return new ParentLink(
                        Links.connect(session, parent, Hello.Purpose.CONTROL, session.self(), 0));
            } catch (SocketException e) {
                if (session.isDead(parent)) {
                    throw new IOException("the parent has died", e);
                }
                pause();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            throw new IOException("interrupted before the parent listened", e);
        }
    }

    /** Ends the link; a blocked {@link #receive} throws an {@link IOException}. */
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the link to the parent failed", e);
        }
    }

    /** Waits for the next frame; null when the link has ended. */
    public @Nullable Frame receive() throws IOException {
        return reader.read(channel);
    }

    /** Blocks until the kernel has taken the whole frame. */
    public synchronized void send(Frame frame) throws IOException {
        if (broken) {
            throw new IOException("the link to the parent is broken");
        }
        broken = true; // until the whole frame is written: no frame may follow a part of one
        ByteBuffer bytes = frame.toBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        broken = false;
    }
}
