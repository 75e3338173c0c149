package dev.procession.manager.client;

import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.ServerAddress;
import java.nio.channels.Selector;

/**
 * Connects a client to its server, and keeps what the last connection told of the server. Safe for
 * use by many threads.
 */
final class ServerAccess {

    private final ServerAddress address;
    private final Dialer dialer;
    private volatile boolean closed;
    private volatile ServerSession session = ServerSession.NONE;
    private volatile long maxMessageBytes = FrameKind.MIN_BOUND_BYTES;

    ServerAccess(ServerAddress address, Dialer dialer) {
        this.address = address;
        this.dialer = dialer;
    }

    /**
     * Connects to the server, continuing a session if possible; the exceptions are those of {@link
     * Dialer#dial}.
     */
    ServerConnection dial(Selector selector, ServerSession last, long answers) {
        return dialer.dial(selector, last, answers);
    }

    /** Notes what a new connection has told of the server. */
    void connected(ServerConnection connection) {
        maxMessageBytes = connection.maxBytes();
        session = connection.session();
    }

    ServerAddress address() {
        return address;
    }

    /** The session of the last connection. */
    ServerSession session() {
        return session;
    }

    /** How many bytes a message may have, as the last server said; the least that any says. */
    long maxMessageBytes() {
        return maxMessageBytes;
    }

    boolean serverIsDead() {
        return dialer.serverIsDead();
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw Dialer.closedException(address);
        }
    }

    /** Refuses calls from now on. */
    void refuseCalls() {
        closed = true;
    }

    /** Gives up this client's proof of life. */
    void close() {
        dialer.close();
    }
}
