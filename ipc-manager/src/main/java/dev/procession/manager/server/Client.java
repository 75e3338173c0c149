package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.wire.LocalServers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One client process: its streams, and where it holds or awaits something. */
final class Client {

    private final StreamServices services;
    private final ByteString id;
    private final long pid;
    private final Path membership;
    private final boolean local;
    private final Map<Long, RequestStream> streams = new HashMap<>();
    private final Set<SharedObject> involved = new LinkedHashSet<>();
    private final ProofOfLife proof;
    private int connections;

    Client(StreamServices services, ByteString id, long pid, Path membership) {
        this.services = services;
        this.id = id;
        this.pid = pid;
        this.membership = membership;
        this.proof = new ProofOfLife(membership);
        this.local = LocalServers.hasClient(id);
    }

    ByteString id() {
        return id;
    }

    long pid() {
        return pid;
    }

    Path membership() {
        return membership;
    }

    RequestStream stream(long number) {
        return streams.computeIfAbsent(number, n -> new RequestStream(services, this, n));
    }

    /** A stream is over, and nothing waits in it any more. */
    void forget(RequestStream stream) {
        boolean unused = streams.remove(stream.number(), stream);
    }

    void connected() {
        connections++;
    }

    void disconnected() {
        connections--;
    }

    boolean isConnected() {
        return connections > 0;
    }

    /** The client holds or awaits something in this object, which wants to hear of its end. */
    void involve(SharedObject object) {
        involved.add(object);
    }

    /** Asks the kernel, for whom a file without a name is no proof of a death. */
    boolean isDead() throws IOException {
        return local ? !LocalServers.hasClient(id) : proof.isGone();
    }

    void closeProof() {
        proof.close();
    }

    /** Drops everything. The streams first, so that no answer goes to the dead. */
    void end() {
        proof.close();
        new ArrayList<>(streams.values())
                .forEach(RequestStream::end); // some of which are forgotten then
        streams.clear();
        for (SharedObject object : involved) {
            object.clientEnded(this);
        }
        involved.clear();
    }
}
