package dev.procession.queue;

import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/**
 * This process's connections to the {@link QueueBell}s of other processes, made at the first use.
 * Thread-safe. No method blocks, so an interrupt of the calling thread closes no channel.
 */
final class BellConnections implements AutoCloseable {

    private static final Log LOG = Log.of(BellConnections.class);

    private final Map<Long, SocketChannel> connections = new ConcurrentHashMap<>();
    private final LongFunction<Path> bells;

    /**
     * Makes no connection yet.
     *
     * @param bells the socket of each member's bell
     */
    BellConnections(LongFunction<Path> bells) {
        this.bells = bells;
    }

    /** Wakes a member; false if it has no bell, for example because it is dead. */
    boolean wake(long member) {
        SocketChannel known = connections.get(member);
        if (known != null) {
            if (write(known)) {
                return true;
            }
            connections.remove(member, known);
            close(known);
        }
        SocketChannel made = connect(member);
        if (made == null) {
            return false;
        }
        closeEnded();
        boolean woken = write(made);
        if (!woken || connections.putIfAbsent(member, made) != null) {
            close(made);
        }
        return woken;
    }

    /**
     * Closes the connections whose other side is closed. A bell never writes, so the only thing to
     * read is the end. Called for each new connection, which bounds their number: the living
     * members, and those that died since the last call.
     */
    private void closeEnded() {
        connections.forEach(
                (member, channel) -> {
                    if (hasEnded(channel) && connections.remove(member, channel)) {
                        close(channel);
                    }
                });
    }

    private static boolean hasEnded(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true; // its process was killed before it read all bytes
        }
    }

    private SocketChannel connect(long member) {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.configureBlocking(false);
            if (channel.connect(UnixDomainSocketAddress.of(bells.apply(member)))) {
                return channel;
            }
            // The backlog is full of other connections, which wake the member as well.
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a member of a queue has no bell: member=" + member, e);
        }
        if (channel != null) {
            close(channel);
        }
        return null;
    }

    private static boolean write(SocketChannel channel) {
        try {
            // A full socket has unread bytes, which wake the other side as well.
            channel.write(ByteBuffer.allocate(1));
            return true;
        } catch (IOException e) {
            return false; // the member has died or closed its bell
        }
    }

    @Override
    public void close() {
        for (SocketChannel channel : connections.values()) {
            close(channel);
        }
        connections.clear();
    }

    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a connection to a bell failed", e);
        }
    }
}
