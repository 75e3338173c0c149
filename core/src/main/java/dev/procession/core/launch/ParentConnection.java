package dev.procession.core.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.lane.LaneSpills;
import dev.procession.core.life.ProcStat;
import dev.procession.core.life.Session;
import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameType;
import dev.procession.core.link.ParentLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * A child's connection with its parent. It carries interrupts, stacks and the result; when it ends,
 * the child checks whether the parent has died.
 *
 * <p>A daemon thread, the guard, opens and reads it while the child works. When the kernel reports
 * that the parent is dead, the child exits, even in the middle of its work; its shutdown hooks run
 * for a quarter of a second at most.
 */
public final class ParentConnection implements Runnable {

    /** Receives events of the connection, on the guard's thread. */
    public interface Handler {
        /** The link is open; the entry point may open further connections. */
        default void connected() throws IOException {}

        /** The parent asks to interrupt the work with this id. */
        void interrupt(long id);

        /** The parent asks for the stack of the thread that does the work. */
        default ThreadStack stack() {
            throw new UnsupportedOperationException("this kind of process has no work");
        }
    }

    private static final long HEAD_START_MILLIS = 25;
    private static final long PROBE_MILLIS = 10;
    private static final long HOOKS_MILLIS = 250;

    /** The time for hooks after normal work; a coverage agent's hook writes a file. */
    private static final long ORDERLY_HOOKS_MILLIS = 750;

    private final Session session;
    private final long parent;
    private final long parentPid;
    private final Handler handler;
    private final Object lock = new Object();

    private volatile boolean ending;

    @GuardedBy("lock")
    private @Nullable ParentLink link;

    /** Creates a connection that {@link #listen} opens. */
    ParentConnection(Session session, long parent, long parentPid, Handler handler) {
        this.session = session;
        this.parent = parent;
        this.parentPid = parentPid;
        this.handler = handler;
    }

    /**
     * Starts the guard, which connects and then reads the parent's frames. The entry point calls it
     * once; without it, the child does not notice the parent's death.
     */
    public void listen() {
        Thread guard = new Thread(null, this, "procession-guard", 1 << 18);
        guard.setDaemon(true);
        guard.start();
    }

    @Override
    public void run() {
        delayConnection();
        ParentLink connected = connect();
        if (connected != null) {
            receive(connected);
        }
        if (!ending && !isOnStage()) {
            exitWhenParentIsDead(session, parent);
        }
    }

    /**
     * True in a rehearsal, where the parent is this JVM. When that ends, its files may be gone
     * before {@link #ending} is set, and the rehearsal must not halt the JVM as an orphan then: the
     * JVM writes its start-up archive.
     */
    private boolean isOnStage() {
        try {
            return ProcStat.read().pid() == parentPid;
        } catch (IOException e) {
            return false; // no descriptor is available, say; a rehearsal has enough
        }
    }

    /** Lets the first task load its classes before the connection loads many others. */
    private static void delayConnection() {
        try {
            Thread.sleep(HEAD_START_MILLIS);
        } catch (InterruptedException e) {
            // Connect at once.
        }
    }

    private void end(ParentLink connected) {
        ending = true; // this side closes the link, so its end says nothing about the parent
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
            if (isOnStage() || isDead(session, parent)) {
                return null;
            }
            System.err.println("procession: this child cannot connect to its parent");
            e.printStackTrace();
            exit(ExitCode.START_FAILED);
            throw new AssertionError("the JVM has not halted", e);
        }
    }

    private void receive(ParentLink connected) {
        try {
            Frame frame;
            while ((frame = connected.receive()) != null) {
                if (frame.type() == FrameType.INTERRUPT) {
                    handler.interrupt(ByteBuffer.wrap(frame.payload()).getLong());
                } else if (frame.type() == FrameType.STACK_WANTED) {
                    connected.send(new Frame(FrameType.STACK, answer(frame.payload())));
                } else {
                    System.err.println("procession: unexpected frame: type=" + frame.type());
                    exit(ExitCode.PROTOCOL_ERROR);
                }
            }
        } catch (IOException e) {
            // The parent died with unread bytes, which resets the connection: treated like its end.
        }
    }

    /** Returns the number of the question, and the stack, or why there is none. */
    private byte[] answer(byte[] number) {
        byte[] stack;
        try {
            stack = handler.stack().toBytes();
        } catch (Throwable e) { // out of memory, say; the guard goes on
            stack = ThreadStack.unavailable(e.toString());
        }
        return ByteBuffer.allocate(number.length + stack.length).put(number).put(stack).array();
    }

    /** Waits until the link is open and sends the result, also if this thread is interrupted. */
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
     * Polls the kernel until the parent is dead, then exits; the end of a link does not prove it.
     */
    static void exitWhenParentIsDead(Session session, long parent) {
        while (!isDead(session, parent)) {
            try {
                Thread.sleep(PROBE_MILLIS);
            } catch (InterruptedException e) {
                // Only code that interrupts every thread of the JVM does this; poll again.
            }
        }
        exit(ExitCode.PARENT_GONE);
    }

    private static boolean isDead(Session session, long parent) {
        try {
            return session.isDead(parent);
        } catch (IOException e) {
            // Out of descriptors, say. The session's directory is removed only at its root's end.
            return !Files.isDirectory(session.home());
        }
    }

    /** Ends this JVM: runs its shutdown hooks for a bounded time, then halts. */
    public static void exit(ExitCode code) {
        Thread exit = new Thread(() -> Runtime.getRuntime().exit(code.code()), "procession-exit");
        exit.setDaemon(true);
        exit.start();
        try {
            exit.join(code == ExitCode.DONE ? ORDERLY_HOOKS_MILLIS : HOOKS_MILLIS);
        } catch (InterruptedException e) {
            // Halt at once.
        }
        Runtime.getRuntime().halt(code.code());
    }
}
