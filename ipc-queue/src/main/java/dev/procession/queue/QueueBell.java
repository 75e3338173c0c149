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
 * Where one thread of this process sleeps, and other processes wake it: a listening socket in the
 * queue's private directory. Whoever wakes connects once, keeps the connection, and writes a byte.
 * A byte says "look again" and nothing else, so it needs no handshake: it may be late, lost, or too
 * many, for every sleep is bounded.
 */
final class QueueBell implements AutoCloseable {

    private static final Log LOG = Log.of(QueueBell.class);

    private static final int BACKLOG = 64;

    /** For how long no ringer is accepted after one could not be. */
    private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

    private final Path path;
    private final Selector selector;
    private final ServerSocketChannel server;
    private final SelectionKey accepting;

    // Of the thread that sleeps here.
    private long acceptAgainAt;
    private boolean saidCannotAccept;
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

    /** Sleeps until the bell rings, {@link #wakeup}, an interrupt, or the time is over. */
    void await(long nanos) throws IOException {
        try {
            if (accepting.interestOps() == 0 && System.nanoTime() - acceptAgainAt >= 0) {
                accepting.interestOps(SelectionKey.OP_ACCEPT);
            }
            selector.select(this::rung, Math.max(1, (nanos + 999_999) / 1_000_000));
        } catch (ClosedSelectorException | CancelledKeyException e) {
            // Closed under the sleeper: it looks at the queue, and finds that ended.
        }
    }

    private void rung(SelectionKey key) {
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
            drop(key); // it rang, or died: a reason to look in any case
        }
    }

    private void accept() {
        SocketChannel ringer = null;
        boolean done = false;
        try {
            ringer = server.accept();
            if (ringer != null) {
                ringer.configureBlocking(false);
                ringer.register(selector, SelectionKey.OP_READ);
                saidCannotAccept = false;
            }
            done = true;
        } catch (IOException e) {
            // Out of descriptors, say. It would be selected again at once; the sleep is bounded.
            accepting.interestOps(0);
            acceptAgainAt = System.nanoTime() + ACCEPT_PAUSE_NANOS;
            if (!saidCannotAccept) {
                saidCannotAccept = true; // until one is accepted again
                LOG.logger()
                        .log(
                                Level.WARNING,
                                "cannot be rung just now, and looks often instead: path="
                                        + path
                                        + ": "
                                        + e);
            }
        } finally {
            if (!done && ringer != null) {
                BellConnections.close(ringer); // nobody would hear it; who rang connects again
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
