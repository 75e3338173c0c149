package dev.procession.manager.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import dev.procession.core.memory.Uninterrupted;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.manager.objects.IterationRoom;
import dev.procession.manager.objects.ObjectSnapshots;
import dev.procession.manager.objects.ObjectTable;
import dev.procession.manager.store.Store;
import dev.procession.manager.stream.AnswerRoom;
import dev.procession.manager.stream.Clients;
import dev.procession.manager.stream.FrameWriter;
import dev.procession.manager.stream.HandshakeContext;
import dev.procession.manager.stream.HandshakeHandler;
import dev.procession.manager.stream.LargeFrames;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.RequestScan;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerFailure;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.ServerOptions;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.stream.StreamServices;
import dev.procession.manager.wire.Libraries;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * A manager's server: makes its parts, starts them, and ends them. All of them are used by one
 * thread, Netty's event loop, which handles one message after the other.
 */
public final class ManagerServer implements AutoCloseable {

    private static final Log LOG = Log.of(ManagerServer.class);

    private final ServerOptions options;
    private final ServerHome home;
    private final ServerStats stats = new ServerStats();
    private final ServerFailure failure;
    private final @Nullable Store store;
    private final ServerNumbers numbers;
    private final Transport transport;
    private final LoopTasks tasks;
    private final ObjectTable objects;
    private final StreamServices services;
    private final Clients clients;
    private final ReentrantLock closing = new ReentrantLock();

    @GuardedBy("closing")
    private boolean closed;

    private ManagerServer(
            ServerOptions options,
            ServerHome home,
            @Nullable Store store,
            @Nullable IntConsumer exit)
            throws IOException {
        this.options = options;
        this.home = home;
        this.failure = new ServerFailure(exit, store, this::close);
        ServerBounds bounds = ServerBounds.of(options);
        long incarnation = ByteBuffer.wrap(Session.nonce(Long.BYTES)).getLong() | 1;
        this.store = store;
        this.numbers = new ServerNumbers(incarnation, home.nextEpoch(store));
        this.transport = transport();
        EventLoop loop = transport.loop();
        FrameWriter writer = new FrameWriter(loop, store, failure);
        this.tasks = new LoopTasks(loop, writer, stats, failure);
        IterationRoom room = new IterationRoom(tasks, stats, bounds);
        this.objects =
                new ObjectTable(tasks, stats, bounds, numbers, room, store, options.userObjects());
        RequestExecutor executor =
                new RequestExecutor(objects, stats, bounds, room, failure, store);
        this.services =
                new StreamServices(
                        tasks,
                        writer,
                        bounds,
                        stats,
                        new AnswerRoom(tasks, bounds, stats),
                        executor::execute,
                        objects::answerBytes);
        this.clients = new Clients(home.address(), services, numbers);
    }

    /**
     * Starts a server in a JVM that does other things as well.
     *
     * @throws IOException if the address is taken by a server that lives, or cannot be used
     */
    public static ManagerServer start(ServerOptions options) throws IOException {
        return start(options, null);
    }

    /**
     * Starts a server.
     *
     * @param exit ends this JVM with an exit code when the server cannot go on; null if the JVM
     *     goes on without it
     * @throws IOException if the address is taken by a server that lives, or cannot be used
     */
    public static ManagerServer start(ServerOptions options, @Nullable IntConsumer exit)
            throws IOException {
        ServerHome home = ServerHome.claim(options);
        try {
            ManagerServer server = make(options, home, exit);
            try {
                server.load();
                server.listen();
                server.startPeriodicTasks();
                return server;
            } catch (IOException | RuntimeException | Error e) {
                server.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            home.release();
            throw e;
        }
    }

    private static ManagerServer make(
            ServerOptions options, ServerHome home, @Nullable IntConsumer exit) throws IOException {
        String file = options.store();
        Store store =
                file == null
                        ? null
                        : Uninterrupted.call(() -> Store.open(Path.of(file), options.syncWrites()));
        try {
            return new ManagerServer(options, home, store, exit);
        } catch (IOException | RuntimeException | Error e) {
            if (store != null) {
                store.closeWithoutCommit();
            }
            throw e;
        }
    }

    /** Creates the transport; this is the first use of Netty. */
    private static Transport transport() {
        try {
            return new Transport();
        } catch (LinkageError e) {
            throw Libraries.tooOld(e);
        }
    }

    /** Brings the store's objects back, on the thread that will use them. */
    private void load() {
        if (store != null) {
            store.workBeside(tasks::execute);
            transport
                    .loop()
                    .submit(
                            () -> {
                                store.load(objects);
                                return true;
                            })
                    .syncUninterruptibly();
        }
    }

    private void listen() throws IOException {
        HandshakeContext context =
                new HandshakeContext(
                        options.secret(),
                        numbers.incarnation(),
                        services.bounds(),
                        stats,
                        new LinkedHashSet<>(),
                        clients,
                        new LargeFrames(tasks, services.bounds(), stats, System::nanoTime),
                        new RequestScan(services.bounds().requestBytes()),
                        services.writer(),
                        failure);
        transport.bind(
                home.address().socket(), channel -> HandshakeHandler.install(context, channel));
    }

    private void startPeriodicTasks() {
        tasks.execute(clients::sweep);
        everySecond(failure::endIfFailed); // planned now: later there may be no memory for it
        everySecond(() -> tasks.runTurn(objects::forgetSome));
        everySecond(() -> tasks.runTurn(this::recordFigures));
        home.register(stats);
        ServerAnswers.add(this);
    }

    private void recordFigures() {
        if (FlightRecorder.isInitialized()) {
            StatisticsEvent.commit(stats);
        }
    }

    private void everySecond(Runnable task) {
        ScheduledFuture<?> unused =
                transport.loop().scheduleWithFixedDelay(task, 1, 1, TimeUnit.SECONDS);
    }

    /** The directory in which it listens. */
    public Path directory() {
        return home.address().directory();
    }

    /**
     * Begins to take a snapshot. The server's thread looks at some objects in each turn, between
     * requests, until it has looked at all or the future is done. Any thread may call it.
     */
    CompletableFuture<ManagerSnapshot> snapshot() {
        CompletableFuture<ManagerSnapshot> snapshot = new CompletableFuture<>();
        tasks.execute(() -> look(new ObjectSnapshots(objects), snapshot));
        return snapshot;
    }

    private void look(ObjectSnapshots seen, CompletableFuture<ManagerSnapshot> snapshot) {
        if (snapshot.isDone()) {
            return; // its caller has given up
        }
        if (seen.lookAtMore()) {
            tasks.executeNextTurn(() -> look(seen, snapshot));
        } else {
            snapshot.complete(snapshot(null, clients.pids(), seen));
        }
    }

    /**
     * Returns its figures alone. Any thread may call it, and does not wait.
     *
     * @param silent why there is no more
     */
    ManagerSnapshot figures(String silent) {
        return snapshot(silent, List.of(), null);
    }

    private ManagerSnapshot snapshot(
            @Nullable String silent, List<Long> pids, @Nullable ObjectSnapshots seen) {
        return new ManagerSnapshot(
                directory().toString(),
                ProcessHandle.current().pid(),
                silent,
                stats.getOperations(),
                stats.getWaitingRequests(),
                stats.getBytes(),
                services.bounds().maxBytes(),
                stats.getConnections(),
                pids,
                stats.getEndedClients(),
                stats.getFailures(),
                seen == null ? List.of() : seen.objects(),
                seen == null ? 0 : seen.moreObjects(),
                seen == null ? List.of() : seen.locks(),
                seen == null ? 0 : seen.moreLocks());
    }

    long incarnation() {
        return numbers.incarnation();
    }

    public ServerStats stats() {
        return stats;
    }

    /** Runs tasks on the server's thread. */
    public LoopTasks tasks() {
        return tasks;
    }

    public ObjectTable objects() {
        return objects;
    }

    public ServerFailure failure() {
        return failure;
    }

    /** The parts that a client's request streams use. */
    public StreamServices services() {
        return services;
    }

    /**
     * Ends the server in good order: connections, store, files. May be called by any thread but the
     * loop's; returns when the server has ended, even if another thread ends it.
     */
    @Override
    public void close() {
        closing.lock();
        try {
            if (!closed) {
                closed = true;
                end();
            }
        } finally {
            closing.unlock();
        }
    }

    private void end() {
        ServerAnswers.remove(this);
        try {
            if (transport.close()) {
                endParts();
            } else { // its thread may be about to commit, and must not do so beside another server
                LOG.log(
                        Level.WARNING,
                        "the manager's server ends, but its thread still does something; the store"
                                + " stays locked until that is done: address="
                                + directory());
                transport.afterEnd(this::endParts);
            }
        } finally {
            home.release(); // or clients would believe that a server is there
        }
    }

    /** Ends what the loop uses, after it. */
    private void endParts() {
        try {
            objects.close();
            clients.close();
        } finally {
            closeStore();
        }
    }

    /**
     * Closes the store. The last changes of a failed server may be half done, and were not
     * acknowledged.
     */
    private void closeStore() {
        if (store != null) {
            try {
                if (failure.isFailed()) {
                    store.closeWithoutCommit();
                } else {
                    store.close();
                }
            } catch (IOException e) {
                LOG.report(Level.ERROR, "could not close the store", e);
            }
        }
    }
}
