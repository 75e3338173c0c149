package dev.procession.manager;

import dev.procession.core.life.Session;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerOptions;
import java.io.IOException;

/** A server in this JVM. Apart from the builder, so that Netty is loaded for this alone. */
final class EmbeddedServer {

    private EmbeddedServer() {}

    /** Starts it, and returns how it is ended. */
    static Runnable start(ServerOptions options) throws IOException {
        ManagerServer server = ManagerServer.start(options);
        Session.current().beforeEnd(server::close);
        return server::close;
    }
}
