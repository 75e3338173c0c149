package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import dev.procession.core.life.Session;
import dev.procession.core.time.Timeout;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.proto.WatchEnd;
import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ManagerHandshake;
import dev.procession.manager.wire.Requests;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * This process as a client of one server. All proxies of one address share it. It owns what the
 * server grants, until its last user releases it or this process dies.
 *
 * <p>Safe for use by many threads, which share one connection: {@link Exchange} tells who writes
 * and who reads, {@link PendingCalls} what happens when it breaks.
 */
public final class ManagerClient {

    /**
     * Asynchronous calls under way at most; a further one waits for an answer. Those that may wait
     * in the server are counted apart, and there are as many at most.
     */
    public static final int WINDOW = CallWindow.CALLS;

    /** How long an asynchronous call that may wait in the server waits for room for it. */
    private static final long ROOM_NANOS = TimeUnit.SECONDS.toNanos(10);

    @GuardedBy("BY_ADDRESS")
    private static final Map<Key, ManagerClient> BY_ADDRESS = new HashMap<>();

    private final Key key;
    private final ByteString id;
    private final ServerAccess access;
    private final LockHolds holds = new LockHolds();
    private final PermitHolds permits = new PermitHolds();
    private final PendingCalls calls;
    private final Watches watches = new Watches();
    private final ReaderTurns turns = new ReaderTurns();
    private final Exchange exchange;
    private final ConnectionThread thread;
    private final FutureHelp help;
    private final AtomicLong waits = new AtomicLong();

    @GuardedBy("BY_ADDRESS")
    private int users;

    private final Object starting = new Object();

    private volatile boolean started;

    /** Users with another secret get a client of their own, which the server may refuse. */
    private record Key(Path directory, ByteString secret) {}

    private ManagerClient(Key key, ServerAddress address, byte[] secret, ByteString id) {
        this.key = key;
        this.id = id;
        this.access = new ServerAccess(address, new Dialer(address, secret, id));
        this.calls = new PendingCalls(() -> Dialer.closedException(address), turns::wakeReader);
        Deliveries deliveries = new Deliveries(turns);
        this.exchange = new Exchange(calls, watches, deliveries, turns);
        this.thread = new ConnectionThread(access, calls, watches, deliveries, turns, exchange);
        this.help = new FutureHelp(calls, deliveries, turns, exchange, thread);
    }

    /**
     * Returns the client of a server; makes it at its first use in this process. Nothing is
     * connected yet. Each call of this needs a {@link #release}.
     */
    public static ManagerClient attach(ServerAddress address, byte[] secret) {
        synchronized (BY_ADDRESS) {
            ManagerClient client = borrow(address, secret);
            client.users++;
            return client;
        }
    }

    /**
     * The same without a release: the last release by others closes the client, and without others
     * it lives as long as this process.
     */
    public static ManagerClient borrow(ServerAddress address, byte[] secret) {
        synchronized (BY_ADDRESS) {
            Key key = new Key(address.directory(), ByteString.copyFrom(secret));
            ManagerClient client = BY_ADDRESS.get(key);
            if (client == null) {
                client = new ManagerClient(key, address, secret, newId());
                LocalServers.clientStarted(client.id);
                BY_ADDRESS.put(key, client);
            }
            return client;
        }
    }

    /** Returns the secret with which this process is a client of a server; empty if it is none. */
    public static byte[] secretOf(ServerAddress address) {
        synchronized (BY_ADDRESS) {
            for (Key key : BY_ADDRESS.keySet()) {
                if (key.directory.equals(address.directory())) {
                    return key.secret.toByteArray();
                }
            }
        }
        return new byte[0];
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

    /** Whether the last user has released it. */
    public boolean isClosed() {
        return access.isClosed();
    }

    private void close() {
        access.refuseCalls();
        try {
            thread.close();
        } finally {
            access.close();
            thread.wake(); // it may connect
            LocalServers.clientEnded(id);
        }
    }

    /** The server's address. */
    public ServerAddress address() {
        return access.address();
    }

    /** The locks that this process's threads hold. */
    public LockHolds holds() {
        return holds;
    }

    /** The permits of semaphores that this process holds. */
    public PermitHolds permits() {
        return permits;
    }

    /**
     * The session of the last connection; what was granted in another one is gone. A closed client
     * has none.
     */
    public ServerSession session() {
        return access.isClosed() ? ServerSession.NONE : access.session();
    }

    /** Sends a request and waits for the answer. Interrupts are kept for later. */
    public Response call(Request.Builder request) {
        return ask(request, false).response();
    }

    /**
     * Sends a request and waits for the answer.
     *
     * @throws InterruptedException if this thread is interrupted and the server has stopped waiting
     */
    public Answer askInterruptibly(Request.Builder request) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Answer answer = ask(request, true);
        if (answer.response().getStatus() == Status.CANCELLED) {
            throw new InterruptedException();
        }
        return answer;
    }

    /**
     * Sends a request and waits for the answer. Blocks as long as the server does, without a limit
     * if that stands still; only a request that waits for a limited time ends a little after it.
     *
     * @param cancellable whether an interrupt makes the server stop waiting, which the answer's
     *     status says; else it is kept for later
     */
    public Answer ask(Request.Builder request, boolean cancellable) {
        access.requireOpen();
        startThread();
        Request built = request.build();
        SyncCall call = new SyncCall(built.toByteArray(), Requests.isPrompt(built));
        CallWait wait = new CallWait(exchange, calls, turns, thread, call, built, cancellable);
        boolean unused = calls.add(call);
        count(call);
        if (calls.connection() == null) {
            turns.wakeThread();
        }
        Answer answer = wait.await();
        Response unusedResponse = CallStatus.checked(answer.response());
        return answer;
    }

    private void startThread() {
        if (!started) {
            synchronized (starting) {
                if (!started) {
                    thread.start();
                    started = true;
                }
            }
        }
    }

    /** Breaks the connection, as a fault would. For tests. */
    public void cutConnections() {
        ServerConnection current = calls.connection();
        if (current != null) {
            current.close();
            exchange.broken(current);
        }
    }

    /** Sends a request and returns a future of its answer, which fails as {@link #call} would. */
    public <T> CompletableFuture<T> callAsync(
            Request.Builder request, Function<Response, T> decoder) {
        return askAsync(request, answer -> decoder.apply(answer.response()));
    }

    /** Like {@link #callAsync}, for what needs the answer's session. */
    public <T> CompletableFuture<T> askAsync(Request.Builder request, Function<Answer, T> decoder) {
        access.requireOpen();
        startThread();
        Request built = request.build();
        AsyncCall<T> call =
                new AsyncCall<>(built.toByteArray(), Requests.isPrompt(built), help, decoder);
        awaitRoom(call.prompt);
        if (!call.prompt && calls.hasNoRoom(false)) {
            call.reply().failed(calls.noRoomToWait());
            return call.reply();
        }
        send(call);
        count(call);
        return call.reply();
    }

    /**
     * Like {@link #callAsync} for a question that the server answers at once, but never blocks.
     *
     * @return null if too many asynchronous calls are under way
     */
    public <T> @Nullable CompletableFuture<T> tryCallAsync(
            Request.Builder question, Function<Response, T> decoder) {
        return calls.hasNoRoom(true) ? null : callAsync(question, decoder);
    }

    private void count(PendingCall call) {
        if (!call.prompt) {
            waits.incrementAndGet();
        }
    }

    /** How many calls this process has made. */
    public long callsEver() {
        return calls.lastSeq();
    }

    /** How many of those may wait in the server. */
    public long waitsEver() {
        return waits.get();
    }

    /** How many connections there were after the first. */
    public long reconnectsEver() {
        return Math.max(0, thread.connectionsEver() - 1);
    }

    private void send(AsyncCall<?> call) {
        boolean now;
        try {
            now = calls.add(call);
        } catch (IllegalArgumentException tooLarge) {
            call.reply().failed(tooLarge);
            return;
        }
        if (calls.connection() == null) {
            turns.wakeThread();
        } else {
            if (now) {
                exchange.flush();
            }
            turns.wakeParked();
        }
    }

    /**
     * Waits until there is room for an asynchronous call: without a limit for an answer that comes
     * as soon as the server reads, else for a while. Actions do not wait.
     */
    private void awaitRoom(boolean prompt) {
        boolean interrupted = false;
        Timeout limit = prompt ? Timeout.NEVER : Timeout.ofNanos(ROOM_NANOS);
        while (calls.hasNoRoom(prompt) && !limit.isOver() && !turns.isThread()) {
            exchange.flush();
            try {
                calls.awaitRoom(prompt, limit);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Begins a watch; it begins again in a new session. */
    public long watch(Request.Builder request, ChangeListener listener) {
        Watches.Watching watching = watches.add(request, listener);
        Answer answer;
        try {
            answer = ask(watching.request().toBuilder(), false);
        } catch (RuntimeException | Error e) {
            Watches.Watching unused = watches.remove(watching.number());
            throw e;
        }
        watches.stands(watching, answer.session());
        turns.wakeThread(); // it reads the events
        thread.watchAgain(watching); // if that session ended before the watch stood
        return watching.number();
    }

    /** Ends a watch. */
    public void unwatch(long watch) {
        Watches.Watching watching = watches.remove(watch);
        if (watching != null) {
            Response unused =
                    call(
                            watching.request().toBuilder()
                                    .setDict(
                                            DictRequest.newBuilder()
                                                    .setWatchEnd(
                                                            WatchEnd.newBuilder()
                                                                    .setWatch(watch))));
        }
    }

    /** How many bytes a message may have, as the last server said; the least that any says. */
    public long maxMessageBytes() {
        return access.maxMessageBytes();
    }
}
