package dev.procession.manager.wire;

import com.google.protobuf.ByteString;
import java.nio.file.Path;

/**
 * Where a server is: a directory that only its user may enter.
 *
 * <pre>
 *   socket          where the server listens
 *   lock            locked by the server while it lives: the proof of its life
 *   secret          what both sides prove to know, when the server made it itself
 *   epoch           counts the servers that have run here, unless the directory goes with the server
 *   c&lt;client&gt;      membership file, locked by that client while it lives
 * </pre>
 *
 * @param directory its absolute path
 */
public record ServerAddress(Path directory) {

    private static final int MAX_SOCKET_BYTES = 106;

    /** Refuses a path that is too long for a socket in it. */
    public ServerAddress {
        directory = directory.toAbsolutePath().normalize();
        Path socket = directory.resolve("socket");
        if (socket.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                > MAX_SOCKET_BYTES) {
            throw new IllegalArgumentException(
                    "a socket's path has at most " + MAX_SOCKET_BYTES + " bytes: path=" + socket);
        }
    }

    /** Where the server listens. */
    public Path socket() {
        return directory.resolve("socket");
    }

    /** The server's membership file. */
    public Path lock() {
        return directory.resolve("lock");
    }

    /** Counts the servers that have run here. */
    public Path epoch() {
        return directory.resolve("epoch");
    }

    /** The secret, if the server made it. */
    public Path secret() {
        return directory.resolve("secret");
    }

    /** A client's membership file. */
    public Path client(ByteString client) {
        StringBuilder name = new StringBuilder("c");
        for (int i = 0; i < client.size(); i++) {
            name.append(Character.forDigit(client.byteAt(i) >> 4 & 15, 16));
            name.append(Character.forDigit(client.byteAt(i) & 15, 16));
        }
        return directory.resolve(name.toString());
    }
}
