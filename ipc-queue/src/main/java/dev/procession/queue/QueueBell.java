package dev.procession.queue;

import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A listening socket in the queue's private directory, at which one thread of this process sleeps
 * until another process wakes it. The other process connects once, keeps the connection, and writes
 * a byte for each wake-up. A byte only means "look again", so the connection needs no handshake,
 * and bytes may be late, lost or superfluous: every sleep is bounded.
 *
 * <p>One thread at a time sleeps here; any thread may call {@link #wakeup} and {@link #close}.
 */
final class QueueBell implements AutoCloseable {

    private static final Log LOG = Log.of(QueueBell.class);

    private static final int BACKLOG = 64;

    /** How long no connection is accepted after a failure to accept one. */
    private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

    private final Path path;
    private final Selector selector;
    private final ServerSocketChannel server;
    private final SelectionKey accepting;

    // Used by the sleeping thread only.
    private long acceptAgainAt;
    private boolean acceptFailureLogged;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(64);

    private QueueBell(
            Path path, Selector selector, ServerSocketChannel server, SelectionKey accepting) {
        this.accepting = accepting;
        this.path = path;
        this.selector = selector;
        this.server = server;
    }

    static QueueBell open(Path path) throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel server = null;
        boolean done = false;
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            Files.deleteIfExists(path);
            server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            server.configureBlocking(false);
            SelectionKey accepting = server.register(selector, SelectionKey.OP_ACCEPT);
            done = true;
            return new QueueBell(path, selector, server, accepting);
        } finally {
            if (!done) {
                selector.close();
                if (server != null) {
                    server.close();
                }
            }
        }
    }

    /**
     * Sleeps until another process wakes this one, {@link #wakeup}, an interrupt, or the end of the
     * time.
     */
    void await(long nanos) throws IOException {
        try {
            if (accepting.interestOps() == 0 && System.nanoTime() - acceptAgainAt >= 0) {
                accepting.interestOps(SelectionKey.OP_ACCEPT);
            }
            selector.select(this::handle, Math.max(1, (nanos + 999_999) / 1_000_000));
        } catch (ClosedSelectorException | CancelledKeyException e) {
            // The bell was closed: the caller looks at the queue, which has ended.
        }
    }

    private void handle(SelectionKey key) {
        try {
            if (key.channel() == server) {
                accept();
            } else {
                scratch.clear();
                if (((SocketChannel) key.channel()).read(scratch) < 0) {
                    key.channel().close();
                }
            }
        } catch (IOException | CancelledKeyException e) {
            drop(key); // the other process wrote a byte or died: the caller looks in both cases
        }
    }

    private void accept() {
        SocketChannel connection = null;
        boolean done = false;
        try {
            connection = server.accept();
            if (connection != null) {
                connection.configureBlocking(false);
                connection.register(selector, SelectionKey.OP_READ);
                acceptFailureLogged = false;
            }
            done = true;
        } catch (IOException e) {
            // For example out of descriptors. The key would be selected again at once, so it
            // pauses.
            accepting.interestOps(0);
            acceptAgainAt = System.nanoTime() + ACCEPT_PAUSE_NANOS;
            if (!acceptFailureLogged) {
                acceptFailureLogged = true; // until a connection is accepted again
                LOG.log(
                        Level.WARNING,
                        "cannot accept a connection that wakes this process; looking often"
                                + " instead: path="
                                + path
                                + ": "
                                + e);
            }
        } finally {
            if (!done && connection != null) {
                BellConnections.close(connection); // unregistered; the other process connects again
            }
        }
    }

    private void drop(SelectionKey key) {
        if (key.channel() != server) {
            BellConnections.close((SocketChannel) key.channel());
        }
    }

    /** Ends the current sleep, or the next one. */
    void wakeup() {
        selector.wakeup();
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            drop(key);
        }
        server.close();
        selector.close();
        Files.deleteIfExists(path);
    }
}
