package dev.procession.manager.launch;

import dev.procession.core.life.Session;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerOptions;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A server in this JVM. Apart from the builder, so that Netty is loaded for this alone. */
public final class EmbeddedServer {

    private static final Set<ManagerServer> RUNNING = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean REGISTERED = new AtomicBoolean();

    private EmbeddedServer() {}

    /** Starts it, and returns how it is ended. */
    public static Runnable start(ServerOptions options) throws IOException {
        ManagerServer server = ManagerServer.start(options);
        closeWithThisProcess();
        RUNNING.add(server);
        return () -> {
            RUNNING.remove(server);
            server.close();
        };
    }

    /** One action for all, as the session never drops one: it would keep each server's data. */
    private static void closeWithThisProcess() throws IOException {
        if (!REGISTERED.getAndSet(true)) {
            Session.current().beforeEnd(() -> RUNNING.forEach(ManagerServer::close));
        }
    }
}
