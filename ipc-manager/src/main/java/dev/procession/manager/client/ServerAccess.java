package dev.procession.manager.client;

import dev.procession.core.time.Timeout;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;

/**
 * Connects a client's request streams to its server, and keeps what the last connection told of the
 * server. Safe for use by many threads.
 */
final class ServerAccess {

    private final ServerAddress address;
    private final Dialer dialer;
    private volatile boolean closed;
    private volatile long incarnation;
    private volatile long maxMessageBytes = FrameKind.MIN_BOUND_BYTES;

    ServerAccess(ServerAddress address, Dialer dialer) {
        this.address = address;
        this.dialer = dialer;
    }

    /** Connects a request stream; the exceptions are those of {@link Dialer#dial}. */
    BlockingConnection dial(long stream, Timeout timeout) throws IOException {
        BlockingConnection connection = dialer.dial(stream, timeout);
        incarnation = connection.incarnation();
        maxMessageBytes = connection.maxBytes();
        return connection;
    }

    ServerAddress address() {
        return address;
    }

    /** The server of the last connection; each run of a server has another number. */
    long incarnation() {
        return incarnation;
    }

    /** How many bytes a message may have, as the last server said; the least that any says. */
    long maxMessageBytes() {
        return maxMessageBytes;
    }

    boolean serverIsDead() {
        return dialer.serverIsDead();
    }

    /**
     * Runs a short task on the thread of the alarms.
     *
     * @param time when, by {@link System#nanoTime}
     * @return false if that thread is not running
     */
    boolean runAt(Runnable task, long time) {
        return dialer.runAt(task, time);
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

    /** Gives up this client's proof of life, and ends waits that have a time limit. */
    void close() {
        dialer.close();
    }
}
