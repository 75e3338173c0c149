package dev.procession.manager;

import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A place where clients find a server of this JVM through a proxy, which forwards all bytes and
 * cuts connections where a test says so: after so many bytes of one direction no byte of the other
 * one passes either.
 */
final class CuttingProxy implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 14;

    /**
     * Where a connection is cut.
     *
     * @param fromClient the direction whose bytes count
     * @param after how many bytes of it pass
     */
    record Cut(boolean fromClient, long after) {

        static final Cut NEVER = new Cut(true, Long.MAX_VALUE);
    }

    private final ServerAddress address;
    private final Path server;
    private final ServerSocketChannel listening;
    private final Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong fromClient = new AtomicLong();
    private final AtomicLong fromServer = new AtomicLong();
    private final AtomicLong made = new AtomicLong();

    /**
     * Begins to listen.
     *
     * @param directory where clients find the server; it is created
     * @param server the server's own socket
     */
    CuttingProxy(Path directory, Path server) throws IOException {
        this.address = new ServerAddress(Files.createDirectories(directory));
        this.server = server;
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(address.socket()));
        LocalServers.serverStarted(address);
        start("accept", this::accept);
    }

    /** The directory that clients connect to. */
    Path directory() {
        return address.directory();
    }

    /** Cuts the next connection that has no cut yet; further ones cut those after it. */
    void cutNext(Cut cut) {
        cuts.add(cut);
    }

    /** Cuts no further connection. */
    void forgetCuts() {
        cuts.clear();
    }

    /** Cuts all connections now. */
    void cutNow() {
        open.forEach(CuttingProxy::close);
    }

    /** How many bytes of clients have passed. */
    long fromClient() {
        return fromClient.get();
    }

    /** How many bytes of the server have passed. */
    long fromServer() {
        return fromServer.get();
    }

    /** How many connections clients have made. */
    long connections() {
        return made.get();
    }

    private static void start(String what, Runnable body) {
        Thread thread = new Thread(body, "proxy-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel client = listening.accept();
                open.add(client);
                made.incrementAndGet();
                SocketChannel there = SocketChannel.open(UnixDomainSocketAddress.of(server));
                open.add(there);
                Cut planned = cuts.poll();
                new Link(client, there, planned == null ? Cut.NEVER : planned).begin();
            } catch (ClosedChannelException e) {
                cutNow();
                return;
            } catch (IOException e) {
                throw new AssertionError("the server does not accept", e);
            }
        }
    }

    /** One connection. Its lock makes the cut one moment for both directions. */
    private final class Link {
        private final SocketChannel client;
        private final SocketChannel there;
        private final Cut cut;

        Link(SocketChannel client, SocketChannel there, Cut cut) {
            this.client = client;
            this.there = there;
            this.cut = cut;
        }

        void begin() {
            start("from-client", () -> forward(client, there, true, fromClient));
            start("from-server", () -> forward(there, client, false, fromServer));
        }

        private void forward(
                SocketChannel from, SocketChannel to, boolean counted, AtomicLong total) {
            long rest = cut.fromClient() == counted ? cut.after() : Long.MAX_VALUE;
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            try {
                while (rest > 0 && from.read(buffer) >= 0) {
                    buffer.flip().limit((int) Math.min(buffer.remaining(), rest));
                    rest -= buffer.remaining();
                    total.addAndGet(buffer.remaining());
                    while (buffer.hasRemaining()) {
                        int unused = to.write(buffer);
                    }
                    buffer.clear();
                }
            } catch (IOException e) {
                // One end has gone, or it was cut by the other direction.
            }
            close(from);
            close(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError("closing a socket failed", e);
        }
    }

    @Override
    public void close() throws IOException {
        LocalServers.serverEnded(address);
        listening.close();
        cutNow();
        Files.deleteIfExists(address.socket());
    }
}
