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

/**
 * One client process: its request streams, and the objects in which it holds or awaits something.
 */
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

    /** Forgets a closed stream in which nothing waits. */
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

    /**
     * Notes that the client holds or awaits something in an object, which is called when the client
     * ends.
     */
    void involve(SharedObject object) {
        involved.add(object);
    }

    /** Asks the kernel. A life file without a name does not prove a death. */
    boolean isDead() throws IOException {
        return local ? !LocalServers.hasClient(id) : proof.isGone();
    }

    void closeProof() {
        proof.close();
    }

    /**
     * Releases everything that the client has. Its streams end first, so that no answer is sent to
     * it.
     */
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
