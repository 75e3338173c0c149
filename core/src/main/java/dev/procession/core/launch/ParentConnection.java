package dev.procession.core.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.lane.LaneSpills;
import dev.procession.core.life.Session;
import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameType;
import dev.procession.core.link.ParentLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * A child's connection with its parent: it carries interrupts and the result, and its end makes the
 * child look whether the parent has died.
 *
 * <p>A daemon thread, the guard, makes it and reads it, beside the child's work, which waits for
 * neither. When the kernel says that the parent is dead the child exits, with its shutdown hooks if
 * they are quick, without them otherwise, also in the middle of its work.
 */
public final class ParentConnection implements Runnable {

    /** What the guard tells the child's entry point; on the guard's thread. */
    public interface Handler {
        /** The link is there: time to connect what else is needed. */
        default void connected() throws IOException {}

        /** The work with this id is to be interrupted. */
        void interrupt(long id);
    }

    private static final long HEAD_START_MILLIS = 25;
    private static final long PROBE_MILLIS = 10;
    private static final long HOOKS_MILLIS = 250;

    /** For hooks of one that ends in order: those that measure coverage write a file. */
    private static final long ORDERLY_HOOKS_MILLIS = 750;

    private final Session session;
    private final long parent;
    private final Handler handler;
    private final Object lock = new Object();

    private volatile boolean ending;

    @GuardedBy("lock")
    private @Nullable ParentLink link;

    /** Not connected yet. */
    ParentConnection(Session session, long parent, Handler handler) {
        this.session = session;
        this.parent = parent;
        this.handler = handler;
    }

    /**
     * Begins to connect, and then to hear the parent, on the guard's thread; to be called once, by
     * the entry point. Without it the parent's death is not noticed.
     */
    public void listen() {
        Thread guard = new Thread(null, this, "procession-guard", 1 << 18);
        guard.setDaemon(true);
        guard.start();
    }

    @Override
    public void run() {
        letWorkBegin();
        ParentLink connected = connect();
        if (connected != null) {
            hear(connected);
        }
        if (!ending) {
            exitWhenParentIsDead(session, parent);
        }
    }

    /** Connecting loads much; the first task, which loads its own, should not wait for that. */
    private static void letWorkBegin() {
        try {
            Thread.sleep(HEAD_START_MILLIS);
        } catch (InterruptedException e) {
            // Then without it.
        }
    }

    private void end(ParentLink connected) {
        ending = true; // the end of the link is this side's doing
        connected.close();
    }

    private @Nullable ParentLink connect() {
        try {
            ParentLink connected = ParentLink.connect(session, parent);
            // A JVM that exits waits 300 ms for threads that are in a system call, as the guard is.
            session.beforeEnd(() -> end(connected));
            synchronized (lock) {
                link = connected;
                lock.notifyAll();
            }
            handler.connected();
            return connected;
        } catch (IOException | RuntimeException e) {
            if (isDead(session, parent)) {
                return null;
            }
            System.err.println("procession: this child cannot connect to its parent");
            e.printStackTrace();
            exit(ExitCode.START_FAILED);
            throw new AssertionError("a JVM that has exited goes on", e);
        }
    }

    private void hear(ParentLink connected) {
        try {
            Frame frame;
            while ((frame = connected.receive()) != null) {
                if (frame.type() != FrameType.INTERRUPT) {
                    System.err.println("procession: unexpected frame: type=" + frame.type());
                    exit(ExitCode.PROTOCOL_ERROR);
                }
                handler.interrupt(ByteBuffer.wrap(frame.payload()).getLong());
            }
        } catch (IOException e) {
            // Reset by the parent's death with unread bytes: the same as its end.
        }
    }

    /** Sends the result, when the link is there; an interrupt does not keep it from that. */
    public void sendResult(byte[] result) throws IOException {
        ParentLink connected = awaitLink();
        if (result.length <= FrameType.RESULT.maxBytes()) {
            connected.send(new Frame(FrameType.RESULT, result));
        } else {
            connected.send(new Frame(FrameType.RESULT_SPILLED, LaneSpills.write(session, result)));
        }
    }

    private ParentLink awaitLink() {
        boolean interrupted = false;
        synchronized (lock) {
            while (link == null) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return link;
        }
    }

    /**
     * Polls the kernel until the parent is dead, and exits; the end of a link alone proves nothing.
     */
    static void exitWhenParentIsDead(Session session, long parent) {
        while (!isDead(session, parent)) {
            try {
                Thread.sleep(PROBE_MILLIS);
            } catch (InterruptedException e) {
                // Somebody's code interrupts all threads it finds; this one has one thing to do.
            }
        }
        exit(ExitCode.PARENT_GONE);
    }

    private static boolean isDead(Session session, long parent) {
        try {
            return session.isDead(parent);
        } catch (IOException e) {
            // Out of descriptors, say; the session's directory, though, outlives its processes.
            return !Files.isDirectory(session.home());
        }
    }

    /** Ends this JVM: its shutdown hooks have a moment, then it halts. */
    public static void exit(ExitCode code) {
        Thread exit = new Thread(() -> Runtime.getRuntime().exit(code.code()), "procession-exit");
        exit.setDaemon(true);
        exit.start();
        try {
            exit.join(code == ExitCode.DONE ? ORDERLY_HOOKS_MILLIS : HOOKS_MILLIS);
        } catch (InterruptedException e) {
            // Then without the rest of the moment.
        }
        Runtime.getRuntime().halt(code.code());
    }
}
