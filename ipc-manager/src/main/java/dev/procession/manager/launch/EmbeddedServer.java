package dev.procession.manager.launch;

import dev.procession.core.life.Session;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.stream.ServerOptions;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A server in this JVM. It is apart from the builder, so that Netty is loaded only when it is used.
 */
public final class EmbeddedServer {

    private static final Set<ManagerServer> RUNNING = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean REGISTERED = new AtomicBoolean();

    private EmbeddedServer() {}

    /** Starts a server, and returns the action that ends it. */
    public static Runnable start(ServerOptions options) throws IOException {
        ManagerServer server = ManagerServer.start(options);
        closeWithThisProcess();
        RUNNING.add(server);
        return () -> {
            RUNNING.remove(server);
            server.close();
        };
    }

    /**
     * Registers one action for all servers: the session never drops an action, and would keep each
     * server's data.
     */
    private static void closeWithThisProcess() throws IOException {
        if (!REGISTERED.getAndSet(true)) {
            Session.current().beforeEnd(() -> RUNNING.forEach(ManagerServer::close));
        }
    }
}
