package dev.procession.core.launch;

import dev.procession.core.life.Session;
import dev.procession.core.wire.Frame;
import dev.procession.core.wire.FrameType;
import dev.procession.core.wire.Parcels;
import dev.procession.core.wire.ParentLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * A child's connection with its parent: it brings the work, carries interrupts and the result, and
 * its end makes the child look whether the parent has died.
 *
 * <p>A daemon thread reads it. When the kernel says that the parent is dead the child exits, with
 * its shutdown hooks if they are quick, without them otherwise, also in the middle of its work.
 */
public final class ParentConnection {

    private static final long PROBE_MILLIS = 10;
    private static final long HOOKS_MILLIS = 250;

    private final Session session;
    private final long parent;
    private final ParentLink link;

    ParentConnection(Session session, long parent) throws IOException {
        this.session = session;
        this.parent = parent;
        this.link = ParentLink.connect(session, parent);
        // A JVM that exits waits 300 ms for threads that are in a system call, as the guard is.
        session.beforeEnd(link::close);
    }

    /** Blocks for the first frame: what to run. */
    byte[] receiveStart() throws IOException {
        Frame frame = link.receive();
        if (frame == null) {
            exitWhenParentIsDead();
            throw new IOException("the parent closed the link before it sent work");
        }
        if (frame.type() == FrameType.START_PARCEL) {
            byte[] start = Parcels.read(session, frame.payload());
            Parcels.discard(session, frame.payload());
            return start;
        }
        if (frame.type() != FrameType.START) {
            throw new IOException("expected START, got " + frame.type());
        }
        return frame.payload();
    }

    /**
     * Begins to hear the parent, on a thread of its own; to be called once, first, by the entry
     * point.
     *
     * @param handler hears which work is to be interrupted
     */
    public void listen(LongConsumer handler) {
        Thread guard = new Thread(null, () -> guard(handler), "procession-guard", 1 << 18);
        guard.setDaemon(true);
        guard.start();
    }

    private void guard(LongConsumer onInterrupt) {
        try {
            Frame frame;
            while ((frame = link.receive()) != null) {
                if (frame.type() != FrameType.INTERRUPT) {
                    System.err.println("procession: unexpected frame: type=" + frame.type());
                    exit(ExitCode.PROTOCOL_ERROR);
                }
                onInterrupt.accept(ByteBuffer.wrap(frame.payload()).getLong());
            }
        } catch (IOException e) {
            // Reset by the parent's death with unread bytes: the same as its end.
        }
        exitWhenParentIsDead();
    }

    /** Sends the result; for a thread that nobody interrupts. */
    public void sendResult(byte[] result) throws IOException {
        if (result.length <= FrameType.RESULT.maxBytes()) {
            link.send(new Frame(FrameType.RESULT, result));
        } else {
            link.send(new Frame(FrameType.RESULT_PARCEL, Parcels.write(session, result)));
        }
    }

    /**
     * Polls the kernel until the parent is dead, and exits; the end of a link alone proves nothing.
     */
    private void exitWhenParentIsDead() {
        while (true) {
            try {
                if (session.isDead(parent)) {
                    exit(ExitCode.PARENT_GONE);
                }
                Thread.sleep(PROBE_MILLIS);
            } catch (IOException e) {
                exit(ExitCode.PARENT_GONE); // the session's directory is gone
            } catch (InterruptedException e) {
                // Somebody's code interrupts all threads it finds; this one has one thing to do.
            }
        }
    }

    /** Ends this JVM: its shutdown hooks have a moment, then it halts. */
    public static void exit(ExitCode code) {
        Thread exit = new Thread(() -> Runtime.getRuntime().exit(code.code()), "procession-exit");
        exit.setDaemon(true);
        exit.start();
        try {
            exit.join(HOOKS_MILLIS);
        } catch (InterruptedException e) {
            // Then without the rest of the moment.
        }
        Runtime.getRuntime().halt(code.code());
    }
}
