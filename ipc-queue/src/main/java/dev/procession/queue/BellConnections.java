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
 * This process's connections to the bells of others, made when first needed. Thread-safe; nothing
 * here blocks, and an interrupt of the calling thread closes nothing, because the channels do not
 * block.
 */
final class BellConnections implements AutoCloseable {

    private static final Log LOG = Log.of(BellConnections.class);

    private final Map<Long, SocketChannel> connections = new ConcurrentHashMap<>();
    private final LongFunction<Path> bells;

    /** Takes the place of each member's bell. */
    BellConnections(LongFunction<Path> bells) {
        this.bells = bells;
    }

    /** Rings for a member; false if it has no bell, as when it is dead. */
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
        closeThoseOfTheDead();
        boolean woken = write(made);
        if (!woken || connections.putIfAbsent(member, made) != null) {
            close(made);
        }
        return woken;
    }

    /**
     * Closes the connections whose other side is closed. A bell never writes, so what can be read
     * is the end. Whenever a new connection is made, so that there are never more than living
     * members, and those that died since.
     */
    private void closeThoseOfTheDead() {
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
            return true; // its process was killed before it read all
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
            // Its backlog is full of others that ring: it wakes without this one.
        } catch (IOException e) {
            LOG.logger().log(Level.DEBUG, "no bell to ring: member=" + member, e);
        }
        if (channel != null) {
            close(channel);
        }
        return null;
    }

    private static boolean write(SocketChannel channel) {
        try {
            // A full socket means unread bytes: they wake the other side as well.
            channel.write(ByteBuffer.allocate(1));
            return true;
        } catch (IOException e) {
            return false; // its owner has died, or closed the bell
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
            LOG.logger().log(Level.DEBUG, "closing a connection to a bell failed", e);
        }
    }
}
