package dev.procession.manager.proxy;

import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.wire.ServerAddress;
import java.nio.file.Path;

/**
 * What the proxies of one manager share: the client that calls the server, the encoding of keys and
 * values, and the manager's handle. Safe for use by many threads.
 */
final class ServerLink {

    private final ManagerHandle handle;
    private final Values values;

    /** Whether the proxies came from elsewhere: then no manager of this process is theirs. */
    private final boolean borrows;

    private volatile ManagerClient client;

    private ServerLink(ManagerHandle handle, boolean borrows, ManagerClient client) {
        this.handle = handle;
        this.values = ValueFilter.values(handle.filter());
        this.borrows = borrows;
        this.client = client;
    }

    /**
     * Attaches this process to the server for a manager, whose close {@linkplain
     * ManagerClient#release releases} it; nothing is connected before the first call.
     */
    static ServerLink ofManager(ManagerHandle handle, byte[] secret) {
        return new ServerLink(handle, false, ManagerClient.attach(address(handle), secret));
    }

    /** Attaches the process in which a proxy has arrived. */
    static ServerLink ofProxy(ManagerHandle handle) {
        return new ServerLink(handle, true, borrow(handle));
    }

    private static ManagerClient borrow(ManagerHandle handle) {
        return ManagerClient.borrow(address(handle), handle.knownSecret());
    }

    private static ServerAddress address(ManagerHandle handle) {
        return new ServerAddress(Path.of(handle.directory()));
    }

    ManagerHandle handle() {
        return handle;
    }

    /**
     * The client that calls the server. When this process has closed its last manager, proxies that
     * came from elsewhere go on with another client.
     */
    ManagerClient client() {
        ManagerClient current = client;
        if (borrows && current.isClosed()) {
            current = borrow(handle);
            client = current;
        }
        return current;
    }

    Values values() {
        return values;
    }
}
