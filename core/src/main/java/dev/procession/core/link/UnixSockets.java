package dev.procession.core.link;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Connects to Unix-domain sockets without blocking. A blocking connect waits without a bound while
 * the backlog of the listening socket is full, as that of a stopped process becomes.
 */
public final class UnixSockets {

    private UnixSockets() {}

    /**
     * A connected, non-blocking channel; null while the backlog of the listening socket is full. An
     * interrupt has no effect here and stays set.
     *
     * @throws IOException if no process listens there, or no descriptor is left
     */
    public static @Nullable SocketChannel connectNow(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            // If false: the kernel has forgotten the attempt, which finishConnect() does not
            // notice.
            connected = channel.connect(UnixDomainSocketAddress.of(path));
        } catch (SocketException e) {
            if (!isBacklogFull(e, path)) {
                throw e;
            }
        } finally {
            if (!connected) {
                channel.close();
            }
        }
        return connected ? channel : null;
    }

    /**
     * The JDK throws what the kernel says of a full backlog, EAGAIN, as it throws ENOENT of a path
     * that is not there and EACCES of one that is not this user's: in no class of its own.
     */
    private static boolean isBacklogFull(SocketException e, Path path) {
        return e.getClass() == SocketException.class && Files.isWritable(path);
    }
}
