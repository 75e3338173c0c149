package dev.procession.manager.wire;

import com.google.protobuf.ByteString;
import dev.procession.core.life.LockProbe;
import dev.procession.core.life.Membership;
import dev.procession.core.memory.Uninterrupted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The servers and the clients of this JVM. This JVM must not ask the kernel about their membership
 * files: closing any descriptor of such a file drops its lock. They live as long as this JVM.
 *
 * <p>A server is known by the real path of its directory, as another path may lead there, and to
 * all class loaders, by a system property.
 */
public final class LocalServers {

    /** A system property with this prefix and the directory's real path stands for a server. */
    private static final String PROPERTY = "dev.procession.manager.server:";

    /** The servers of this class loader: the property of each by its address. */
    private static final Map<ServerAddress, String> SERVERS = new ConcurrentHashMap<>();

    private static final Set<ByteString> CLIENTS = ConcurrentHashMap.newKeySet();

    private LocalServers() {}

    /**
     * Takes the lock of a server that starts in this JVM, and adds its address. No thread of this
     * JVM asks for the lock between the two, as that would drop it.
     *
     * @throws IOException if another process has the lock, or asks for it just now
     */
    public static synchronized Membership claim(ServerAddress address) throws IOException {
        Membership lock = Uninterrupted.call(() -> Membership.claim(address.lock()));
        serverStarted(address);
        return lock;
    }

    /** Adds the address of a server that runs in this JVM. */
    public static void serverStarted(ServerAddress address) {
        String property = property(address);
        SERVERS.put(address, property);
        System.setProperty(property, "");
    }

    /**
     * Whether the kernel says that the server at an address is dead: its lock is free.
     *
     * @throws IOException if the kernel gives no answer
     */
    public static synchronized boolean isServerDead(ServerAddress address) throws IOException {
        return !hasServer(address) && LockProbe.isFree(address.lock());
    }

    /** Removes the address of a server that has ended. */
    public static void serverEnded(ServerAddress address) {
        String property = SERVERS.remove(address);
        if (property != null) {
            System.clearProperty(property);
        }
    }

    /** Whether a server of this JVM runs at this address. */
    public static boolean hasServer(ServerAddress address) {
        if (SERVERS.containsKey(address)) {
            return true;
        }
        String property = property(address);
        return System.getProperty(property) != null || SERVERS.containsValue(property);
    }

    private static String property(ServerAddress address) {
        try {
            return PROPERTY + address.directory().toRealPath();
        } catch (IOException e) { // there is no such directory, so no server either
            return PROPERTY + address.directory();
        }
    }

    /** Adds a client of this JVM. */
    public static void clientStarted(ByteString client) {
        CLIENTS.add(client);
    }

    /** Removes a client of this JVM. */
    public static void clientEnded(ByteString client) {
        CLIENTS.remove(client);
    }

    /** Whether this JVM is this client. */
    public static boolean hasClient(ByteString client) {
        return CLIENTS.contains(client);
    }

    /** Whether a life file is one of this JVM's. */
    public static boolean isClientFile(ServerAddress address, Path file) {
        for (ByteString client : CLIENTS) {
            if (address.client(client).equals(file)) {
                return true;
            }
        }
        return false;
    }
}
