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
 * the backlog of the listening socket is full, as happens when the listening process is stopped.
 */
public final class UnixSockets {

    private UnixSockets() {}

    /**
     * Returns a connected, non-blocking channel; null while the backlog of the listening socket is
     * full. An interrupt has no effect here and stays set.
     *
     * @throws IOException if no process listens there, or no descriptor is left
     */
    public static @Nullable SocketChannel connectNow(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            // If false, the kernel dropped the attempt, and finishConnect() would not detect that.
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
     * The JDK throws the same class for a full backlog (EAGAIN), a missing path (ENOENT) and a path
     * of another user (EACCES), so the last two are excluded by a check of the path.
     */
    private static boolean isBacklogFull(SocketException e, Path path) {
        return e.getClass() == SocketException.class && Files.isWritable(path);
    }
}
