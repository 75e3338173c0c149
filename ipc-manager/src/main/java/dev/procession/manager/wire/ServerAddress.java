package dev.procession.manager.wire;

import com.google.protobuf.ByteString;
import java.nio.file.Path;

/**
 * Where a server is: a directory that only its user may enter.
 *
 * <pre>
 *   socket          where the server listens
 *   lock            locked by the server while it lives: the proof of its life
 *   secret          the secret of both sides, if the server generated it
 *   epoch           counts the servers that have run here, unless the directory is deleted with the server
 *   c&lt;client&gt;      life file, locked by that client while it lives
 * </pre>
 *
 * @param directory its absolute path
 */
public record ServerAddress(Path directory) {

    private static final int MAX_SOCKET_BYTES = 106;

    /** Checks the path. */
    public ServerAddress {
        directory = directory.toAbsolutePath().normalize();
        Path socket = directory.resolve("socket");
        if (socket.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                > MAX_SOCKET_BYTES) {
            throw new IllegalArgumentException(
                    "a socket's path has at most " + MAX_SOCKET_BYTES + " bytes: path=" + socket);
        }
    }

    /** The socket on which the server listens. */
    public Path socket() {
        return directory.resolve("socket");
    }

    /** The server's life file. */
    public Path lock() {
        return directory.resolve("lock");
    }

    /** The file that counts the servers which have run here. */
    public Path epoch() {
        return directory.resolve("epoch");
    }

    /** The secret, if the server generated it. */
    public Path secret() {
        return directory.resolve("secret");
    }

    /** A client's life file. */
    public Path client(ByteString client) {
        StringBuilder name = new StringBuilder("c");
        for (int i = 0; i < client.size(); i++) {
            name.append(Character.forDigit(client.byteAt(i) >> 4 & 15, 16));
            name.append(Character.forDigit(client.byteAt(i) & 15, 16));
        }
        return directory.resolve(name.toString());
    }
}
