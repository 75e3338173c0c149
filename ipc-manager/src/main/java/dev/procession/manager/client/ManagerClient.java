package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import dev.procession.core.life.Session;
import dev.procession.manager.proto.CloseStream;
import dev.procession.manager.proto.Goodbye;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.proto.StreamRequest;
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
 * This process as a client of one server. All proxies of one address share it. It owns what the
 * server grants, until its last user releases it or this process dies.
 *
 * <p>Safe for use by many threads. Each call under way has a request stream of its own, so a call
 * that waits does not delay others. Streams are reused, the last returned first.
 */
public final class ManagerClient {

    private static final int IDLE_STREAMS = 16;
    private static final long PIPELINE_STREAM = 0;

    private static final Request GOODBYE =
            Request.newBuilder()
                    .setStream(StreamRequest.newBuilder().setGoodbye(Goodbye.getDefaultInstance()))
                    .build();

    private static final Request CLOSE_STREAM =
            Request.newBuilder()
                    .setStream(
                            StreamRequest.newBuilder()
                                    .setCloseStream(CloseStream.getDefaultInstance()))
                    .build();

    @GuardedBy("BY_ADDRESS")
    private static final Map<Key, ManagerClient> BY_ADDRESS = new HashMap<>();

    private final Key key;
    private final ByteString id;
    private final ServerAccess access;
    private final AtomicLong streams = new AtomicLong(PIPELINE_STREAM);
    private final LockHolds holds = new LockHolds();
    private final Withdrawals withdrawals;

    @GuardedBy("BY_ADDRESS")
    private int users;

    @GuardedBy("idle")
    private final Deque<SyncStream> idle = new ArrayDeque<>();

    /** All streams, those in use as well. */
    private final Set<SyncStream> all = ConcurrentHashMap.newKeySet();

    @GuardedBy("idle")
    private @Nullable Pipeline pipeline;

    /** Users with another secret get a client of their own, which the server may refuse. */
    private record Key(Path directory, ByteString secret) {}

    private ManagerClient(Key key, ServerAddress address, byte[] secret, ByteString id) {
        this.key = key;
        this.id = id;
        this.access = new ServerAccess(address, new Dialer(address, secret, id));
        this.withdrawals = new Withdrawals(access, this::retire);
    }

    /**
     * Returns the client of a server; makes it at its first use in this process. Nothing is
     * connected yet. Each call of this needs a {@link #release}.
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

    /**
     * Undoes one {@link #attach}; the last release gives back everything that this process holds.
     */
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
            access.refuseCalls();
            farewells = new ArrayList<>(idle);
            idle.clear();
            asynchronous = pipeline;
            pipeline = null;
        }
        if (asynchronous != null) {
            asynchronous.close();
        }
        Request farewell = GOODBYE;
        for (SyncStream stream : farewells) {
            stream.close(farewell);
            farewell = CLOSE_STREAM;
        }
        withdrawals.close(); // with this client ends everything that it was granted
        access.close();
        LocalServers.clientEnded(id);
        all.forEach(SyncStream::drop); // their callers find the manager closed
    }

    /** The server's address. */
    public ServerAddress address() {
        return access.address();
    }

    /** The locks that this process's threads hold. */
    public LockHolds holds() {
        return holds;
    }

    /** The server of the last connection; another number means that all holds are gone. */
    public long incarnation() {
        return access.incarnation();
    }

    /** Sends a request and waits for the answer. Interrupts are kept for later. */
    public Response call(Request.Builder request) {
        return callOnStream(request, false);
    }

    /**
     * Sends a request and waits for the answer.
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

    /** Like {@link #callInterruptibly}, but an interrupt is reported by the answer's status. */
    public Response callCancellably(Request.Builder request) {
        return callOnStream(request, true);
    }

    private Response callOnStream(Request.Builder request, boolean interruptibly) {
        withdrawals.startIfWanted();
        SyncStream stream = takeStream();
        try {
            return CallStatus.checked(stream.call(request, interruptibly));
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
        access.requireOpen();
        SyncStream made = new SyncStream(access, streams.incrementAndGet());
        all.add(made);
        return made;
    }

    private void retire(SyncStream stream) {
        all.remove(stream);
        stream.close(CLOSE_STREAM);
    }

    private void returnStream(SyncStream stream) {
        synchronized (idle) {
            if (!access.isClosed() && idle.size() < IDLE_STREAMS) {
                idle.addFirst(stream);
                return;
            }
        }
        retire(stream);
    }

    /** Breaks all connections, as a fault would. For tests. */
    public void cutConnections() {
        all.forEach(SyncStream::drop);
        synchronized (idle) {
            if (pipeline != null) {
                pipeline.drop();
            }
        }
    }

    /** Sends a request and returns a future of its answer, which fails as {@link #call} would. */
    public <T> CompletableFuture<T> callAsync(
            Request.Builder request, Function<Response, T> decoder) {
        return pipeline().submit(request, decoder);
    }

    /** Begins a watch; its request is sent again to a server that was started again. */
    public long watch(Request.Builder request, ChangeListener listener) {
        return pipeline().watch(request, listener);
    }

    /** Ends a watch. */
    public void unwatch(long watch) {
        pipeline().unwatch(watch);
    }

    private Pipeline pipeline() {
        synchronized (idle) {
            access.requireOpen();
            if (pipeline == null) {
                pipeline = new Pipeline(access, PIPELINE_STREAM);
            }
            return pipeline;
        }
    }

    /** How many bytes a message may have, as the last server said; the least that any says. */
    public long maxMessageBytes() {
        return access.maxMessageBytes();
    }
}
