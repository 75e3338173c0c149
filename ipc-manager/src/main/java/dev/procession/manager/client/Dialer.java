package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.procession.core.life.Membership;
import dev.procession.core.life.Session;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import dev.procession.core.memory.Uninterrupted;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.proto.Accepted;
import dev.procession.manager.proto.Hello;
import dev.procession.manager.proto.Proof;
import dev.procession.manager.proto.Welcome;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ManagerHandshake;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes a client's connections, and keeps its proof of life: the lock on its life file in the
 * server's directory.
 */
final class Dialer {

    private static final Log LOG = Log.of(Dialer.class);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ServerAddress address;
    private final byte[] secret;
    private final ByteString client;

    @GuardedBy("this")
    private @Nullable Membership membership;

    @GuardedBy("this")
    private boolean closed;

    Dialer(ServerAddress address, byte[] secret, ByteString client) {
        this.address = address;
        this.secret = secret.clone();
        this.client = client;
    }

    /**
     * Connects to the server. A living one that does not listen yet, or has a full backlog, is
     * tried again for ten seconds. Blocks meanwhile; an interrupt does not end it.
     *
     * @param selector for the new connection; this thread waits in it for the server's answers
     * @param session what to continue, if the server still has it
     * @param answers how many answers of that session this client has had
     * @throws IllegalStateException if this client is closed
     * @throws ManagerUnavailableException if the server is dead or stays silent
     * @throws ManagerException if the server refuses this client
     */
    ServerConnection dial(Selector selector, ServerSession session, long answers) {
        Timeout patience = Timeout.ofNanos(PATIENCE_NANOS);
        while (true) {
            try {
                proveLife();
                return open(selector, session, answers, patience);
            } catch (ProtocolException e) {
                throw new ManagerException(e.getMessage(), e);
            } catch (IOException e) {
                if (isKnownToBeDead()) {
                    throw new ManagerUnavailableException(
                            "no manager's server is running", address.directory(), e);
                }
                if (patience.isOver()) {
                    throw new ManagerUnavailableException(
                            "the manager's server lives but does not answer",
                            address.directory(),
                            e);
                }
            }
            boolean unused = Thread.interrupted(); // a user's code may interrupt all threads
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    private ServerConnection open(
            Selector selector, ServerSession session, long answers, Timeout patience)
            throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            ServerConnection connection = new ServerConnection(channel, selector);
            if (!channel.connect(UnixDomainSocketAddress.of(address.socket()))) {
                throw new IOException("the server's backlog of connections is full");
            }
            shakeHands(connection, selector, session, answers, patience);
            return connection;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            // The descriptor stays open until the selector has removed the channel.
            int unused = selector.selectNow(selected -> {});
            throw e;
        }
    }

    /** False as well if it cannot be found out now, for want of a descriptor, say. */
    private boolean isKnownToBeDead() {
        try {
            return serverIsDead();
        } catch (ManagerUnavailableException e) {
            LOG.report(System.Logger.Level.DEBUG, "the server cannot be probed now", e);
            return false;
        }
    }

    private void shakeHands(
            ServerConnection connection,
            Selector selector,
            ServerSession session,
            long answers,
            Timeout patience)
            throws IOException {
        Hello hello =
                Hello.newBuilder()
                        .setMagic(ManagerHandshake.MAGIC)
                        .setVersion(ManagerHandshake.VERSION)
                        .setPid(ProcessHandle.current().pid())
                        .setClient(client)
                        .setIncarnation(session.incarnation())
                        .setSession(session.number())
                        .setAnswers(answers)
                        .setNonce(ByteString.copyFrom(Session.nonce(ManagerHandshake.NONCE_BYTES)))
                        .build();
        send(connection, FrameKind.HELLO, hello);
        Welcome welcome =
                Welcome.parseFrom(await(connection, FrameKind.WELCOME, selector, patience));
        if (!ManagerHandshake.matches(
                welcome.getProof(), ManagerHandshake.serverProof(secret, hello, welcome))) {
            throw new ProtocolException(
                    "the manager's server does not know the secret: address="
                            + address.directory());
        }
        send(
                connection,
                FrameKind.PROOF,
                Proof.newBuilder()
                        .setProof(ManagerHandshake.clientProof(secret, hello, welcome))
                        .build());
        // Before that the server may not have made the session, and none of its requests is sent.
        Accepted accepted =
                Accepted.parseFrom(await(connection, FrameKind.ACCEPTED, selector, patience));
        connection.opened(
                new ServerSession(welcome.getIncarnation(), accepted.getSession()),
                welcome.getMaxFrameBytes());
    }

    /** Sends a part of the handshake. A server that has refused this client may not read it. */
    private static void send(ServerConnection connection, FrameKind kind, MessageLite message)
            throws IOException {
        try {
            connection.writeSmall(kind, message);
        } catch (IOException e) {
            ByteBuffer frame = connection.receive() ? connection.next() : null;
            if (frame != null && connection.kind() == FrameKind.REFUSED) {
                throw refusal(frame);
            }
            throw e;
        }
    }

    private ByteBuffer await(
            ServerConnection connection, FrameKind kind, Selector selector, Timeout patience)
            throws IOException {
        ByteBuffer frame = connection.next();
        while (frame == null) {
            requireOpen();
            long millis = TimeUnit.NANOSECONDS.toMillis(patience.remainingNanos());
            if (millis == 0) {
                throw new IOException("no answer to the handshake");
            }
            int unused = selector.select(selected -> {}, millis);
            boolean unusedInterrupt = Thread.interrupted(); // else the next select returns at once
            if (connection.receive()) {
                frame = connection.next();
            }
        }
        if (connection.kind() == FrameKind.REFUSED) {
            throw refusal(frame);
        }
        if (connection.kind() != kind) {
            throw new ProtocolException("expected " + kind + ", got " + connection.kind());
        }
        return frame;
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw closedException(address);
        }
    }

    /** Returns the exception for a refusal by the server. */
    static ProtocolException refusal(ByteBuffer text) {
        return new ProtocolException(
                "the manager's server refused this client: " + StandardCharsets.UTF_8.decode(text));
    }

    /** Whether the kernel says that the server is dead: its lock is free. */
    boolean serverIsDead() {
        try {
            return LocalServers.isServerDead(address);
        } catch (IOException e) {
            throw new ManagerUnavailableException(
                    "cannot find out whether the manager's server lives", address.directory(), e);
        }
    }

    /**
     * Takes the lock of this client's life file, unless it is held. A server that has ended in good
     * order, and was started again, may have removed the file. A client in the server's own JVM
     * needs no lock, and a closed client gets none.
     */
    private synchronized void proveLife() throws IOException {
        requireOpen();
        if (LocalServers.hasServer(address)) {
            return;
        }
        Path file = address.client(client);
        if (membership == null || !Files.exists(file)) {
            if (!Files.isDirectory(address.directory())) {
                throw new IOException("no such directory: path=" + address.directory());
            }
            Membership old = membership;
            membership = Uninterrupted.call(() -> Membership.claim(file));
            if (old != null) {
                old.release(); // not before, so that there is no moment without a proof
            }
        }
    }

    /** Returns the exception for a call of a closed client. */
    static IllegalStateException closedException(ServerAddress address) {
        return new IllegalStateException(
                "this manager is closed in this process: address=" + address.directory());
    }

    /** Gives up the proof of life, which the server may find out later, and ends a dial. */
    synchronized void close() {
        closed = true;
        Membership held = membership;
        membership = null;
        if (held != null) {
            try {
                held.release();
                Files.deleteIfExists(address.client(client));
            } catch (IOException e) {
                LOG.report(System.Logger.Level.DEBUG, "could not remove a life file", e);
            }
        }
    }
}
