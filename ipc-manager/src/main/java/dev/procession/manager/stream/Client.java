package dev.procession.manager.stream;

import com.google.protobuf.ByteString;
import dev.procession.manager.wire.LocalServers;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One client process: its session, and the objects in which it holds or awaits something. */
public final class Client {

    private final ByteString id;
    private final long pid;
    private final Path membership;
    private final boolean local;
    private final long session;
    private final RequestStream stream;
    private final Set<SharedObject> involved = new LinkedHashSet<>();
    private final MadeObjects made = new MadeObjects();
    private final PolledElements polled;
    private final ProofOfLife proof;
    private int connections;
    private @Nullable ScheduledFuture<?> probe;

    public Client(StreamServices services, ByteString id, long pid, long session, Path membership) {
        this.id = id;
        this.pid = pid;
        this.session = session;
        this.stream = new RequestStream(services, this);
        this.polled = new PolledElements(services.stats());
        this.membership = membership;
        this.proof = new ProofOfLife(membership);
        this.local = LocalServers.hasClient(id);
    }

    ByteString id() {
        return id;
    }

    public long pid() {
        return pid;
    }

    Path membership() {
        return membership;
    }

    /**
     * The session's number; a client that connects after its end gets a greater one, of the next
     * server as well.
     */
    public long session() {
        return session;
    }

    public RequestStream stream() {
        return stream;
    }

    /** Sets the probe that is planned next, instead of the one that was planned before. */
    void nextProbe(ScheduledFuture<?> next) {
        ScheduledFuture<?> before = probe;
        probe = next;
        if (before != null) {
            before.cancel(false);
        }
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
     * ends; returns false if it was noted before.
     */
    public boolean involve(SharedObject object) {
        return involved.add(object);
    }

    /** Undoes {@link #involve}. */
    public void forget(SharedObject object) {
        involved.remove(object);
    }

    /** Those of the objects that this client has made. */
    public MadeObjects made() {
        return made;
    }

    /** What this client has polled last. */
    public PolledElements polled() {
        return polled;
    }

    /** For tests. */
    public int involvements() {
        return involved.size();
    }

    /** Asks the kernel. A life file without a name does not prove a death. */
    boolean isDead() throws IOException {
        return local ? !LocalServers.hasClient(id) : proof.isGone();
    }

    void closeProof() {
        proof.close();
    }

    /**
     * Releases everything that the client has. Its stream ends first, so that no answer is sent to
     * it.
     */
    public void end() {
        proof.close();
        stream.end();
        polled.clear();
        RuntimeException failed = null;
        for (SharedObject object : involved) {
            try {
                object.clientEnded(this);
            } catch (RuntimeException e) { // the others are released all the same
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        involved.clear();
        if (failed != null) {
            throw failed;
        }
    }
}
