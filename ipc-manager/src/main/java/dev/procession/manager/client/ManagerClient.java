package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import dev.procession.core.life.Session;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ManagerHandshake;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * This process as a client of one server. All proxies of one address share it; what the server
 * grants belongs to it, until it says goodbye or this process dies.
 *
 * <p>Safe for use by many threads. Each call under way has a stream of its own, so a call that
 * waits holds up no other; streams are used again, the last returned first.
 */
public final class ManagerClient {

    private static final int IDLE_STREAMS = 16;
    private static final long PIPELINE_STREAM = 0;

    @GuardedBy("BY_ADDRESS")
    private static final Map<Key, ManagerClient> BY_ADDRESS = new HashMap<>();

    private final Key key;
    private final ServerAddress address;
    private final ByteString id;
    private final Dialer dialer;
    private final AtomicLong streams = new AtomicLong(PIPELINE_STREAM);
    private final LockHolds holds = new LockHolds();
    private final Withdrawals withdrawals = new Withdrawals(this);

    @GuardedBy("BY_ADDRESS")
    private int users;

    @GuardedBy("idle")
    private final Deque<SyncStream> idle = new ArrayDeque<>();

    /** Those in use as well. */
    private final Set<SyncStream> all = ConcurrentHashMap.newKeySet();

    @GuardedBy("idle")
    private @Nullable Pipeline pipeline;

    private volatile boolean closed;
    private volatile long incarnation;
    private volatile long maxMessageBytes = FrameKind.MIN_BOUND_BYTES;

    /** Who knows another secret is another client, if any. */
    private record Key(Path directory, ByteString secret) {}

    private ManagerClient(Key key, ServerAddress address, byte[] secret, ByteString id) {
        this.key = key;
        this.address = address;
        this.id = id;
        this.dialer = new Dialer(address, secret, id);
    }

    /**
     * The client of a server, which is made if this is its first use here. Nothing is connected
     * yet. Each call wants a {@link #release}.
     */
    public static ManagerClient attach(ServerAddress address, byte[] secret) {
        synchronized (BY_ADDRESS) {
            Key key = new Key(address.directory(), ByteString.copyFrom(secret));
            ManagerClient client = BY_ADDRESS.get(key);
            if (client == null) {
                client = new ManagerClient(key, address, secret, newId());
                LocalServers.clientStarted(client.id);
                BY_ADDRESS.put(key, client);
            }
            client.users++;
            return client;
        }
    }

    private static ByteString newId() {
        try {
            return ByteString.copyFrom(Session.nonce(ManagerHandshake.CLIENT_BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Undoes one {@link #attach}; the last one gives back everything that this process holds. */
    public void release() {
        synchronized (BY_ADDRESS) {
            if (--users > 0) {
                return;
            }
            BY_ADDRESS.remove(key, this);
        }
        close();
    }

    private void close() {
        List<SyncStream> farewells;
        Pipeline asynchronous;
        synchronized (idle) {
            closed = true;
            farewells = new ArrayList<>(idle);
            idle.clear();
            asynchronous = pipeline;
            pipeline = null;
        }
        if (asynchronous != null) {
            asynchronous.close();
        }
        Operation farewell = Operation.GOODBYE;
        for (SyncStream stream : farewells) {
            stream.close(farewell);
            farewell = Operation.CLOSE_STREAM;
        }
        withdrawals.close(); // with this client goes whatever it was granted
        dialer.close();
        LocalServers.clientEnded(id);
        all.forEach(SyncStream::drop); // whose callers find the manager closed
    }

    /** Where the server is. */
    public ServerAddress address() {
        return address;
    }

    /** What this process's threads hold in the server. */
    public LockHolds holds() {
        return holds;
    }

    /** Which server the last connection led to; another number says that all holdings are gone. */
    public long incarnation() {
        return incarnation;
    }

    /** Asks and waits for the answer, whatever interrupts come; they are kept for later. */
    public Response call(Request.Builder request) {
        return callOnStream(request, false);
    }

    /**
     * Asks and waits for the answer.
     *
     * @throws InterruptedException if this thread is interrupted and the server has stopped waiting
     */
    public Response callInterruptibly(Request.Builder request) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Response response = callOnStream(request, true);
        if (response.getStatus() == Status.CANCELLED) {
            throw new InterruptedException();
        }
        return response;
    }

    /** Like {@link #callInterruptibly}, but the answer says that the server has stopped waiting. */
    public Response callCancellably(Request.Builder request) {
        return callOnStream(request, true);
    }

    private Response callOnStream(Request.Builder request, boolean interruptibly) {
        withdrawals.goOn();
        SyncStream stream = takeStream();
        try {
            return checked(stream.call(request, interruptibly));
        } finally {
            if (stream.isAbandoned()) {
                withdrawals.add(stream);
            } else {
                returnStream(stream);
            }
        }
    }

    private SyncStream takeStream() {
        synchronized (idle) {
            SyncStream stream = idle.pollFirst();
            if (stream != null) {
                return stream;
            }
        }
        requireOpen();
        SyncStream made = new SyncStream(this, streams.incrementAndGet());
        all.add(made);
        return made;
    }

    /** A stream whose last request was given up has told the server so. */
    void withdrawn(SyncStream stream) {
        all.remove(stream);
        stream.close(Operation.CLOSE_STREAM);
    }

    private void returnStream(SyncStream stream) {
        synchronized (idle) {
            if (!closed && idle.size() < IDLE_STREAMS) {
                idle.addFirst(stream);
                return;
            }
        }
        all.remove(stream);
        stream.close(Operation.CLOSE_STREAM);
    }

    /** Breaks all connections, as a fault would; for tests of what must not break with them. */
    public void cutConnections() {
        all.forEach(SyncStream::drop);
        synchronized (idle) {
            if (pipeline != null) {
                pipeline.drop();
            }
        }
    }

    /** Asks and lets the answer come later; the future fails as {@link #call} would. */
    public <T> CompletableFuture<T> callAsync(
            Request.Builder request, Function<Response, T> decoder) {
        return pipeline().submit(request, decoder);
    }

    /** Begins to watch; the request is sent again to a server that was started again. */
    public long watch(Request.Builder request, Pipeline.EventListener listener) {
        return pipeline().watch(request, listener);
    }

    /** Watches no more. */
    public void unwatch(long watch) {
        pipeline().unwatch(watch);
    }

    private Pipeline pipeline() {
        synchronized (idle) {
            requireOpen();
            if (pipeline == null) {
                pipeline = new Pipeline(this, PIPELINE_STREAM);
            }
            return pipeline;
        }
    }

    /** Turns what the server refuses or fails to do into exceptions. */
    static Response checked(Response response) {
        switch (response.getStatus()) {
            case REFUSED -> throw new IllegalArgumentException(response.getText());
            case FAILED -> throw new ManagerException(response.getText(), null);
            default -> {
                return response;
            }
        }
    }

    /** True for an answer that says yes: not timed out, not refused in another way. */
    public static boolean isOk(Response response) {
        return response.getStatus() == Status.OK;
    }

    boolean serverIsDead() {
        return dialer.serverIsDead();
    }

    /** Runs something short at a time if there is a thread that can; false if not. */
    boolean runAt(Runnable task, long time) {
        return dialer.runAt(task, time);
    }

    boolean isClosed() {
        return closed;
    }

    BlockingConnection dial(long stream, Timeout timeout) throws IOException {
        BlockingConnection connection = dialer.dial(stream, timeout);
        incarnation = connection.incarnation();
        maxMessageBytes = connection.maxBytes();
        return connection;
    }

    void requireOpen() {
        if (closed) {
            throw Dialer.closedException(address);
        }
    }

    void requireFits(Request request, long maxBytes) {
        long bytes = (long) request.getSerializedSize() + FrameKind.ANSWER_BYTES;
        if (bytes > maxBytes) {
            throw new IllegalArgumentException(
                    "larger than the manager's server takes: bytes="
                            + bytes
                            + ", limit="
                            + maxBytes);
        }
    }

    /** How many bytes a message may have, as the last server said; the least that any says. */
    public long maxMessageBytes() {
        return maxMessageBytes;
    }
}
