package dev.procession.manager.stream;

import com.google.protobuf.ByteString;
import dev.procession.core.log.Log;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * All clients; finds out which of them are dead.
 *
 * <p>A client whose last connection has ended is probed repeatedly, soon at first, until it
 * connects again or the kernel says that it is dead. All clients are probed now and then as well,
 * because a connection may outlive its process. A client ends only when the kernel says so, or by
 * its own GOODBYE.
 */
public final class Clients {

    private static final Log LOG = Log.of(Clients.class);

    private static final long SWEEP_MILLIS = 400;
    private static final long FIRST_PROBE_MILLIS = 1;
    private static final long LAST_PROBE_MILLIS = 50;

    private final ServerAddress address;
    private final StreamServices services;
    private final ServerNumbers numbers;
    private final Map<ByteString, Client> all = new HashMap<>();

    public Clients(ServerAddress address, StreamServices services, ServerNumbers numbers) {
        this.address = address;
        this.services = services;
        this.numbers = numbers;
    }

    /** Whether a client may connect: one that is here may always come back. */
    boolean hasRoomFor(ByteString id) {
        return all.containsKey(id) || all.size() < services.bounds().maxClients();
    }

    /** Returns the client with an id; makes it, with a new session, if it is new. */
    Client of(ByteString id, long pid) {
        Client client = all.get(id);
        if (client == null) {
            client = new Client(services, id, pid, numbers.next(), address.client(id));
            all.put(id, client);
            services.stats().clientCame();
        }
        return client;
    }

    /** Counts a connection of a client that has ended, and begins to probe the client. */
    void disconnected(Client client) {
        client.disconnected();
        probe(client, FIRST_PROBE_MILLIS);
    }

    private void probe(Client client, long nextMillis) {
        if (client.isConnected() || all.get(client.id()) != client || endIfDead(client)) {
            return;
        }
        client.nextProbe(
                services.tasks()
                        .schedule(
                                () -> probe(client, Math.min(2 * nextMillis, LAST_PROBE_MILLIS)),
                                nextMillis,
                                TimeUnit.MILLISECONDS));
    }

    /** Probes all clients, now and regularly. */
    public void sweep() {
        try {
            new ArrayList<>(all.values()).forEach(this::endIfDead);
        } finally { // a failure does not end the probing
            Object unused =
                    services.tasks().schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private boolean endIfDead(Client client) {
        try {
            if (!client.isDead()) {
                return false;
            }
        } catch (IOException | RuntimeException e) { // the other clients are probed all the same
            LOG.report(
                    Level.WARNING,
                    "cannot find out whether a client lives: pid=" + client.pid(),
                    e);
            return false;
        }
        LOG.report(Level.DEBUG, "a client has ended: pid=" + client.pid(), null);
        end(client);
        return true;
    }

    /** The pids of all clients. */
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        for (Client client : all.values()) {
            pids.add(client.pid());
        }
        return pids;
    }

    /** Closes the proofs of life; the server's thread has ended. */
    public void close() {
        all.values().forEach(Client::closeProof);
    }

    /** Releases everything that a client has which is dead or said GOODBYE. */
    void end(Client client) {
        if (all.remove(client.id(), client)) {
            try {
                client.end();
            } catch (RuntimeException e) { // it does not keep other clients' ends from being found
                services.stats().failure();
                LOG.report(Level.ERROR, "the end of a client failed: pid=" + client.pid(), e);
            }
            services.stats().clientEnded();
            try {
                Files.deleteIfExists(client.membership());
            } catch (IOException e) {
                LOG.report(Level.WARNING, "cannot remove a dead client's file", e);
            }
        }
    }
}
