package dev.procession.manager.proxy;

import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.wire.ServerAddress;
import java.nio.file.Path;

/**
 * What the proxies of one manager share: the client that calls the server, the encoding of keys and
 * values, and the manager's handle. Immutable.
 */
final class ServerLink {

    private final ManagerHandle handle;
    private final ManagerClient client;
    private final Values values;

    /** Attaches this process to the server; nothing is connected before the first call. */
    ServerLink(ManagerHandle handle, byte[] secret) {
        this.handle = handle;
        this.client = ManagerClient.attach(new ServerAddress(Path.of(handle.directory())), secret);
        this.values = ValueFilter.values(handle.filter());
    }

    /** Attaches the process in which a handle has arrived. */
    static ServerLink attach(ManagerHandle handle) {
        return new ServerLink(handle, handle.knownSecret());
    }

    ManagerHandle handle() {
        return handle;
    }

    ManagerClient client() {
        return client;
    }

    Values values() {
        return values;
    }
}
