package dev.procession.core.lane;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.life.Session;
import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameReader;
import dev.procession.core.link.Handshake;
import dev.procession.core.link.Hello;
import dev.procession.core.link.LinkKeys;
import dev.procession.core.link.LinkServer;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.link.ReadyHandler;
import dev.procession.core.link.UnixSockets;
import dev.procession.core.log.Log;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A doorbell that this process connects to the holder of a lane's other end. Nothing here blocks
 * without a bound, because the holder's process may be stopped: the link server's thread continues
 * the handshake when an answer arrives, and connects again while the holder's backlog is full.
 *
 * <p>Until the doorbell is connected, both holders find messages when their bounded sleeps end.
 * Adding the doorbell wakes the threads that sleep already, so that they miss no message that was
 * sent before.
 */
final class OutgoingBell implements Doorbell.Connecting {

    private static final Log LOG = Log.of(OutgoingBell.class);

    /** Far longer than a handshake between two processes that run. */
    private static final long PATIENCE_MILLIS = 100;

    private final LinkServer server;
    private final Doorbell doorbell;
    private final LaneOwnership ownership;
    private final long id;
    private final int end;
    private final long holder;
    private final CountDownLatch settled = new CountDownLatch(1);

    /** The key of the handshake under way. */
    @GuardedBy("this")
    private @Nullable SelectionKey key;

    @GuardedBy("this")
    private boolean closed;

    /**
     * Creates a doorbell that is not connected yet.
     *
     * @param doorbell the connected socket is added to it
     * @param ownership tells whether the other end has its holder still
     * @param id the lane's id
     * @param end this process's end of the lane
     * @param holder the owner word of the other end
     */
    OutgoingBell(
            LinkServer server,
            Doorbell doorbell,
            LaneOwnership ownership,
            long id,
            int end,
            long holder) {
        this.server = server;
        this.doorbell = doorbell;
        this.ownership = ownership;
        this.id = id;
        this.end = end;
        this.holder = holder;
    }

    /**
     * Begins to connect.
     *
     * @throws IOException if the holder does not listen, or no descriptor is left
     */
    void start() throws IOException {
        doorbell.connecting(this);
        if (!connect()) {
            server.connectLater(this::connectAgain);
        }
    }

    /**
     * Waits a moment until the doorbell is connected, which may happen later; an interrupt flag
     * stays set.
     */
    void awaitBriefly() {
        try {
            boolean unused = settled.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Connects once more; on the link server's thread. */
    void connectAgain() {
        try {
            if (isStillWanted() && !connect()) {
                server.connectLater(this::connectAgain);
            }
        } catch (Throwable e) {
            // No descriptor is left, say. isStillWanted() ends the attempts if the holder died.
            server.connectLater(this::connectAgain);
        }
    }

    /** False if the holder's backlog is full. */
    private boolean connect() throws IOException {
        Session session = server.session();
        SocketChannel channel = UnixSockets.connectNow(session.socket(LaneOwner.member(holder)));
        if (channel == null) {
            return false;
        }
        boolean registered = false;
        try {
            byte[] hello =
                    new Hello(
                                    ProcessHandle.current().pid(),
                                    session.self(),
                                    Hello.Purpose.BELL,
                                    id,
                                    end,
                                    Session.nonce(Hello.NONCE_BYTES))
                            .toBytes();
            Handshake.sendHello(channel, hello);
            registered = register(channel, new Answer(hello));
        } finally {
            if (!registered) {
                channel.close();
            }
        }
        return true;
    }

    private synchronized boolean register(SocketChannel channel, Answer answer) throws IOException {
        if (closed) {
            return false;
        }
        key = server.register(channel, answer);
        return true;
    }

    /** Awaits the holder's WELCOME; on the link server's thread. */
    private final class Answer implements ReadyHandler {

        private final byte[] hello;
        private final FrameReader reader = new FrameReader();

        Answer(byte[] hello) {
            this.hello = hello;
        }

        @Override
        public void ready(SelectionKey ready) {
            SocketChannel channel = (SocketChannel) ready.channel();
            try {
                Frame answer = reader.read(channel);
                if (answer == null && reader.hasEnded()) {
                    throw new EOFException("the other side closed the link");
                }
                if (answer != null) {
                    Handshake.sendProof(channel, server.session().secret(), hello, answer);
                    forgetKey();
                    ready.cancel();
                    doorbell.add(channel);
                    settled.countDown();
                }
            } catch (IOException e) {
                LinkKeys.closeQuietly(ready);
                failed(e);
            }
        }
    }

    private synchronized void forgetKey() {
        key = null;
    }

    private void failed(IOException e) {
        if (isStillWanted()) {
            if (e instanceof ProtocolException) {
                LOG.log(Level.WARNING, "a lane has no doorbell: {0}", e.toString());
            } else {
                server.connectLater(this::connectAgain);
            }
        }
        doorbell.suspect(); // the holder may have died
        settled.countDown();
    }

    /**
     * False when this end is closed, or the other end has another holder, which connects by itself.
     */
    private boolean isStillWanted() {
        synchronized (this) {
            if (closed) {
                return false;
            }
        }
        try {
            return ownership.hasHolder(holder);
        } catch (IOException e) {
            return true; // the check failed: the holder may still be there
        }
    }

    /** Gives up the attempt; a socket that is connected already belongs to the doorbell. */
    @Override
    public synchronized void close() {
        closed = true;
        SelectionKey underWay = key;
        if (underWay != null) {
            key = null;
            LinkKeys.closeQuietly(underWay);
        }
        settled.countDown();
    }
}
