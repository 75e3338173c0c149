package dev.procession.core.lane;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sockets through which the two ends of a lane wake each other, seen from one end. A byte means
 * "check again" and nothing else. Bytes may be late, lost or redundant, because every sleep is
 * bounded.
 *
 * <p>Usually there is one socket. There are two when both holders connected at once, and none while
 * the other end is moving to its next holder, or when the other end is in this JVM, whose waiters
 * are woken directly.
 */
final class Doorbell {

    private static final Log LOG = Log.of(Doorbell.class);

    /** An attempt of this side to connect a socket. */
    interface Connecting {

        /** Gives up the attempt. */
        void close();
    }

    private static final SocketChannel[] NONE = {};
    private static final long AWAITED_NANOS = 2_000_000_000;

    @GuardedBy("this")
    private final List<Waiter> waiters = new ArrayList<>();

    /** The attempt under way; {@link #close} gives it up. */
    @GuardedBy("this")
    private @Nullable Connecting connecting;

    private volatile SocketChannel[] bells = NONE;
    private volatile boolean suspect;
    private volatile boolean closed;
    private volatile boolean awaited = true;
    private volatile long awaitedSince = System.nanoTime();

    /** Adds a connected socket. */
    synchronized void add(SocketChannel bell) throws IOException {
        if (closed) {
            bell.close();
            return;
        }
        bell.configureBlocking(false);
        List<SocketChannel> all = new ArrayList<>(List.of(bells));
        all.add(bell);
        bells = all.toArray(NONE);
        suspect = false;
        awaited = false;
        for (Waiter waiter : waiters) {
            waiter.register(bell, this);
        }
    }

    /** Registers an attempt to connect a socket, which is added when it is connected. */
    synchronized void connecting(Connecting bell) {
        if (closed) {
            bell.close();
        } else {
            connecting = bell;
        }
    }

    /** Removes a socket that has ended because its other side died, moved or closed. */
    synchronized void lost(SocketChannel bell) {
        List<SocketChannel> remaining = new ArrayList<>(List.of(bells));
        if (remaining.remove(bell)) {
            bells = remaining.toArray(NONE);
            suspect = true;
            for (Waiter waiter : waiters) {
                waiter.deregister(bell); // a closed socket keeps its descriptor until then
            }
            close(bell);
        }
    }

    synchronized void listen(Waiter waiter) throws IOException {
        waiters.add(waiter);
        for (SocketChannel bell : bells) {
            waiter.register(bell, this);
        }
    }

    synchronized void unlisten(Waiter waiter) {
        waiters.remove(waiter);
        for (SocketChannel bell : bells) {
            waiter.deregister(bell);
        }
    }

    /** Wakes the threads that sleep at the other sides of the sockets. */
    void wakePeer() {
        for (SocketChannel bell : bells) {
            try {
                // A full socket means unread bytes: they wake the other side as well.
                bell.write(ByteBuffer.allocate(1));
            } catch (IOException e) {
                lost(bell);
            }
        }
    }

    /** Wakes the threads of this JVM that sleep on this doorbell. */
    synchronized void wakeHere() {
        for (Waiter waiter : waiters) {
            waiter.wakeup();
        }
    }

    /** Wakes all waiters of this end except the one that has read the bytes. */
    synchronized void wakeOthers(Waiter reader) {
        for (Waiter waiter : waiters) {
            if (waiter != reader) {
                waiter.wakeup();
            }
        }
    }

    /**
     * True if the holder of the other end may have died, so that waiters probe it: from the end of
     * a socket, or {@link #suspect()}, until a socket is added, or {@link #clearSuspicion}.
     */
    boolean isSuspect() {
        return suspect;
    }

    /**
     * Marks the holder of the other end as possibly dead, and wakes the waiters, which probe it.
     */
    void suspect() {
        suspect = true;
        wakeHere();
    }

    void clearSuspicion() {
        suspect = false;
    }

    /** Starts the time within which the next holder of the other end should connect. */
    void expect() {
        awaitedSince = System.nanoTime();
        awaited = true;
    }

    /**
     * True until the first socket is added, for two seconds at most. A holder that takes longer to
     * connect is treated as if it had connected.
     */
    boolean isAwaited() {
        return awaited && System.nanoTime() - awaitedSince < AWAITED_NANOS;
    }

    synchronized void close() {
        closed = true;
        Connecting underWay = connecting;
        if (underWay != null) {
            connecting = null;
            underWay.close();
        }
        for (SocketChannel bell : bells) {
            for (Waiter waiter : waiters) {
                waiter.deregister(bell);
            }
            close(bell);
        }
        bells = NONE;
        wakeHere();
    }

    synchronized void reopen() {
        closed = false;
        suspect = false;
        expect();
    }

    private static void close(SocketChannel bell) {
        try {
            bell.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a doorbell failed", e);
        }
    }
}
