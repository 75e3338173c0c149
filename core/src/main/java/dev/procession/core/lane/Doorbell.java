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
 * The sockets by which the two ends of a lane wake each other, seen from one end. A byte says "look
 * again" and nothing else; it may be late, lost or too many, for every sleep is bounded.
 *
 * <p>Usually there is one socket; two when both holders connected at once; none while the other end
 * is on its way, or when it is in this JVM, whose waiters are woken directly.
 */
final class Doorbell {

    private static final Log LOG = Log.of(Doorbell.class);

    /** A socket that this side connects just now. */
    interface Connecting {

        /** Gives the attempt up. */
        void close();
    }

    private static final SocketChannel[] NONE = {};
    private static final long AWAITED_NANOS = 2_000_000_000;

    @GuardedBy("this")
    private final List<Waiter> waiters = new ArrayList<>();

    /** Given up when this doorbell closes before the socket has come. */
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

    /** This side connects a socket, which is to be added. */
    synchronized void connecting(Connecting bell) {
        if (closed) {
            bell.close();
        } else {
            connecting = bell;
        }
    }

    /** A socket has ended: its other side has died, moved on, or closed. */
    synchronized void lost(SocketChannel bell) {
        List<SocketChannel> left = new ArrayList<>(List.of(bells));
        if (left.remove(bell)) {
            bells = left.toArray(NONE);
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

    /** Wakes who sleeps at the other ends of the sockets. */
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

    /** Wakes who sleeps on this doorbell in this JVM. */
    synchronized void wakeHere() {
        for (Waiter waiter : waiters) {
            waiter.wakeup();
        }
    }

    /** Wakes the other sleepers of this end: one of them has read the bytes for all. */
    synchronized void wakeOthers(Waiter reader) {
        for (Waiter waiter : waiters) {
            if (waiter != reader) {
                waiter.wakeup();
            }
        }
    }

    /** True from the end of a socket until a new one comes: a reason to probe for a death. */
    boolean isSuspect() {
        return suspect;
    }

    /** The holder of the other end may have died: those who sleep probe it now. */
    void suspect() {
        suspect = true;
        wakeHere();
    }

    void clearSuspicion() {
        suspect = false;
    }

    /** The next holder of the other end is to connect soon. */
    void expect() {
        awaitedSince = System.nanoTime();
        awaited = true;
    }

    /**
     * True until the first socket comes, for two seconds at most: who takes longer over connecting
     * is waited for as if it had connected.
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
            LOG.logger().log(Level.DEBUG, "closing a doorbell failed", e);
        }
    }
}
