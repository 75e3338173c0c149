package dev.procession.manager.wire;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The servers and the clients of this JVM. Nobody may ask the kernel about their membership files
 * from in here: closing any descriptor of such a file would drop its lock. They are as alive as the
 * one who asks.
 */
public final class LocalServers {

    private static final Set<Path> SERVERS = ConcurrentHashMap.newKeySet();
    private static final Set<ByteString> CLIENTS = ConcurrentHashMap.newKeySet();

    private LocalServers() {}

    /** A server runs at this address. */
    public static void serverStarted(ServerAddress address) {
        SERVERS.add(address.directory());
    }

    /** It has ended. */
    public static void serverEnded(ServerAddress address) {
        SERVERS.remove(address.directory());
    }

    /** Whether a server of this JVM runs at this address. */
    public static boolean hasServer(ServerAddress address) {
        return SERVERS.contains(address.directory());
    }

    /** This JVM is this client. */
    public static void clientStarted(ByteString client) {
        CLIENTS.add(client);
    }

    /** It is this client no more. */
    public static void clientEnded(ByteString client) {
        CLIENTS.remove(client);
    }

    /** Whether this JVM is this client. */
    public static boolean hasClient(ByteString client) {
        return CLIENTS.contains(client);
    }

    /** Whether a membership file is one of this JVM's. */
    public static boolean isClientFile(ServerAddress address, Path file) {
        for (ByteString client : CLIENTS) {
            if (address.client(client).equals(file)) {
                return true;
            }
        }
        return false;
    }
}
