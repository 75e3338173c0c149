package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.core.log.Log;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * All clients, and who of them is dead.
 *
 * <p>A client whose last connection ended is looked at again and again, soon at first, until it is
 * back or the kernel says that it is dead; all of them are looked at now and then, in case a
 * connection outlives its process. Nothing but the kernel's word ends a client, or its own goodbye.
 */
final class Clients {

    private static final Log LOG = Log.of(Clients.class);

    private static final long SWEEP_MILLIS = 400;
    private static final long FIRST_LOOK_MILLIS = 1;
    private static final long LAST_LOOK_MILLIS = 50;

    private final ServerAddress address;
    private final StreamServices services;
    private final Map<ByteString, Client> all = new HashMap<>();

    Clients(ServerAddress address, StreamServices services) {
        this.address = address;
        this.services = services;
    }

    /** Returns the client with an id; makes it if it is new. */
    Client of(ByteString id, long pid) {
        Client client = all.get(id);
        if (client == null) {
            client = new Client(services, id, pid, address.client(id));
            all.put(id, client);
            services.stats().clientCame();
        }
        return client;
    }

    /** A connection of this client has ended. */
    void disconnected(Client client) {
        client.disconnected();
        look(client, FIRST_LOOK_MILLIS);
    }

    private void look(Client client, long nextMillis) {
        if (client.isConnected() || all.get(client.id()) != client || endIfDead(client)) {
            return;
        }
        Object unused =
                services.tasks()
                        .schedule(
                                () -> look(client, Math.min(2 * nextMillis, LAST_LOOK_MILLIS)),
                                nextMillis,
                                TimeUnit.MILLISECONDS);
    }

    /** Looks at all of them, now and every so often. */
    void sweep() {
        try {
            new ArrayList<>(all.values()).forEach(this::endIfDead);
        } finally { // one failure does not end the looking
            Object unused =
                    services.tasks().schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private boolean endIfDead(Client client) {
        try {
            if (!client.isDead()) {
                return false;
            }
        } catch (IOException e) {
            LOG.report(Level.WARNING, "cannot see whether a client lives: pid=" + client.pid(), e);
            return false;
        }
        LOG.report(Level.DEBUG, "a client has ended: pid=" + client.pid(), null);
        end(client);
        return true;
    }

    /** The server's thread has ended. */
    void close() {
        all.values().forEach(Client::closeProof);
    }

    /** Frees everything a client has: it is dead, or said goodbye. */
    void end(Client client) {
        if (all.remove(client.id(), client)) {
            client.end();
            services.stats().clientEnded();
            try {
                Files.deleteIfExists(client.membership());
            } catch (IOException e) {
                LOG.report(Level.WARNING, "cannot remove a dead client's file", e);
            }
        }
    }
}
