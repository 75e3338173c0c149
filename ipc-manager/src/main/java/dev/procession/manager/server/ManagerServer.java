package dev.procession.manager.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Libraries;
import dev.procession.manager.wire.ServerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * A manager's server. Everything in it is done by one thread, Netty's event loop, one message after
 * the other; answers of one turn go out together, after the store has them.
 */
public final class ManagerServer implements AutoCloseable {

    private static final Log LOG = Log.of(ManagerServer.class);

    /** The exit code of a server whose store failed. */
    private static final int STORE_FAILED = 84;

    private static final int HEAP_SHARE = 3;
    private static final long PAGE_BYTES = 1 << 20;

    /** How many numbers of one kind a server hands out, at most. */
    private static final int NUMBER_BITS = 40;

    private final ServerOptions options;
    private final ServerAddress address;
    private final ServerHome home;
    private final Transport transport;
    private final EventLoop loop;
    private final long maxBytes;
    private final @Nullable IntConsumer exit;
    private final long incarnation;
    private final ServerStats stats = new ServerStats();
    private final @Nullable Store store;
    private final ObjectTable objects;
    private final Clients clients;
    private final Deque<Channel> unflushed = new ArrayDeque<>();
    private final long firstNumber;
    private boolean flushing;

    /** The server ends: what it did last may be half done, or not stored. Set by the loop. */
    private volatile boolean failed;

    /** A thread ends it. Used by the loop alone. */
    private boolean ending;

    private long token;
    private final ReentrantLock closing = new ReentrantLock();

    @GuardedBy("closing")
    private boolean closed;

    private ManagerServer(ServerOptions options, ServerHome home, @Nullable IntConsumer exit)
            throws IOException {
        this.options = options;
        this.exit = exit;
        this.maxBytes =
                options.maxBytes() > 0
                        ? options.maxBytes()
                        : Runtime.getRuntime().maxMemory() / HEAP_SHARE;
        this.address = home.address();
        this.home = home;
        this.incarnation = ByteBuffer.wrap(Session.nonce(Long.BYTES)).getLong() | 1;
        this.store = options.store() == null ? null : Store.open(options.store());
        this.firstNumber = nextEpoch(home) << NUMBER_BITS;
        this.token = firstNumber;
        this.objects = new ObjectTable(this, store, options.userObjects());
        this.clients = new Clients(this);
        this.transport = transport();
        this.loop = transport.loop();
    }

    private long nextEpoch(ServerHome home) throws IOException {
        try {
            return home.nextEpoch(store);
        } catch (IOException | RuntimeException e) {
            if (store != null) {
                store.close();
            }
            throw e;
        }
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
            ManagerServer server = new ManagerServer(options, home, exit);
            try {
                server.transport.bind(server);
                server.startPeriodicTasks();
                return server;
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            home.release();
            throw e;
        }
    }

    /** The first that needs Netty. */
    private static Transport transport() {
        try {
            return new Transport();
        } catch (LinkageError e) {
            throw Libraries.tooOld(e);
        }
    }

    private void startPeriodicTasks() {
        loop.execute(clients::sweep);
        everySecond(this::endIfFailed); // planned now, for then there may be no memory for it
        everySecond(
                () -> {
                    if (FlightRecorder.isInitialized()) {
                        StatisticsEvent.commit(stats);
                    }
                });
        home.register(stats);
    }

    private void everySecond(Runnable task) {
        ScheduledFuture<?> unused = loop.scheduleWithFixedDelay(task, 1, 1, TimeUnit.SECONDS);
    }

    ServerOptions options() {
        return options;
    }

    /** Where it listens. */
    public Path directory() {
        return address.directory();
    }

    ServerAddress address() {
        return address;
    }

    int maxFrameBytes() {
        return options.maxFrameBytes();
    }

    /** How many bytes of entries go into one answer, unless a single one is larger. */
    long pageBytes() {
        return Math.min(PAGE_BYTES, options.maxFrameBytes() - FrameKind.ANSWER_BYTES);
    }

    long incarnation() {
        return incarnation;
    }

    ServerStats stats() {
        return stats;
    }

    Clients clients() {
        return clients;
    }

    /** Numbers that objects hand out are greater than this: no server before this one had them. */
    long firstNumber() {
        return firstNumber;
    }

    /** A number greater than all before. */
    long nextToken() {
        return ++token;
    }

    /** Carries a request out. */
    void handle(Call call) {
        stats.operation();
        Request request = call.request();
        try {
            switch (request.getOperation()) {
                case STATS ->
                        call.answer(Response.newBuilder().setValue(stats.figures().toByteString()));
                case OPERATION_NONE, UNRECOGNIZED -> call.refuse("no such operation");
                default -> {
                    SharedObject object = objects.of(request);
                    if (object == null) {
                        call.refuse(
                                "no such object can be here: kind="
                                        + request.getKind()
                                        + ", name="
                                        + request.getName()
                                        + ", size="
                                        + request.getSize());
                    } else if (hasRoom(call, object.growth(request))) {
                        call.on(object);
                        object.handle(call);
                    }
                }
            }
        } catch (OutOfMemoryError e) {
            ranOutOfMemory(e);
        } catch (Throwable e) { // an Error is this request's as well
            stats.failure();
            LOG.report(Level.ERROR, "a request failed: operation=" + request.getOperation(), e);
            call.fail("the manager's server failed: " + e);
        }
    }

    /** Fails a request for which there is no room, before it changes anything. */
    private boolean hasRoom(Call call, long growth) {
        long stored = stats.stored();
        if (growth <= 0 || stored + growth <= maxBytes) {
            return true;
        }
        call.fail(
                "the manager is full: stored="
                        + stored
                        + ", request="
                        + growth
                        + ", limit="
                        + maxBytes
                        + " bytes; remove something, or start it with a larger heap or maxBytes");
        return false;
    }

    /** What was going on may be half done, so clients are to see the server's death. */
    void ranOutOfMemory(OutOfMemoryError e) {
        end(ExitCode.OUT_OF_MEMORY.code(), "the manager's server ran out of memory; it ends", e);
    }

    private void end(int code, String why, Throwable cause) {
        failed = true;
        unflushed.clear(); // nothing more is promised
        if (exit != null) {
            try {
                LOG.report(Level.ERROR, why, cause);
            } finally {
                exit.accept(code);
            }
        }
        endIfFailed();
        LOG.report(Level.ERROR, why, cause);
    }

    /** Ends what cannot go on, by another thread, for this one is among those that end. */
    private void endIfFailed() {
        if (failed && !ending) {
            try {
                new Thread(this::close, "procession-manager-end").start();
                ending = true;
            } catch (OutOfMemoryError e) {
                // No thread now; it is tried again, and why the server ends is told without this.
            }
        }
    }

    /** Puts a message before a channel; it goes out at the end of this turn. */
    void write(Channel channel, FrameKind kind, MessageLite message) {
        int size = message.getSerializedSize();
        ByteBuf frame = channel.alloc().directBuffer(FrameKind.HEADER_BYTES + size);
        try {
            frame.writeLong(size).writeByte(kind.number());
            ByteBuffer room = frame.internalNioBuffer(FrameKind.HEADER_BYTES, size);
            CodedOutputStream coded = CodedOutputStream.newInstance(room);
            message.writeTo(coded);
            coded.flush();
            frame.writerIndex(FrameKind.HEADER_BYTES + size);
        } catch (IOException e) {
            frame.release();
            throw new IllegalStateException("a message does not fit its own size", e);
        }
        ChannelFuture unused = channel.write(frame, channel.voidPromise());
        if (unflushed.peekLast() != channel) {
            unflushed.add(channel);
        }
    }

    /**
     * Sends what was written. With a store this waits until all connections that are ready have
     * been read, so that one commit covers them all.
     */
    void flush() {
        if (store == null) {
            flushNow();
        } else if (!flushing) {
            flushing = true;
            loop.execute(this::flushNow);
        }
    }

    private void flushNow() {
        flushing = false;
        if (failed) {
            return; // what was written before is not promised, and would go out with this
        }
        if (store != null) {
            try {
                store.commit();
            } catch (Throwable e) {
                // Nothing that was promised may be acknowledged; clients see the server's end.
                end(STORE_FAILED, "the store failed; the manager's server ends", e);
                return;
            }
        }
        Channel channel;
        while ((channel = unflushed.poll()) != null) {
            channel.flush();
        }
    }

    /** Runs something on the server's thread, then sends what it wrote. */
    void execute(Runnable task) {
        loop.execute(() -> turn(task));
    }

    /** Runs something on the server's thread later, then sends what it wrote. */
    ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return loop.schedule(() -> turn(task), delay, unit);
    }

    private void turn(Runnable task) {
        try {
            task.run();
        } catch (OutOfMemoryError e) {
            ranOutOfMemory(e);
        } catch (Throwable e) { // the next task has nothing to do with it
            stats.failure();
            LOG.report(Level.ERROR, "the manager's server failed at a task of its own", e);
        } finally {
            flush();
        }
    }

    /** Returns the client of a handshake; makes it if it is new. */
    Client client(ByteString id, long pid) {
        return clients.of(id, pid);
    }

    /**
     * Ends the server in good order: connections, store, files. May be called by any thread but the
     * loop's; returns when the server has ended, whoever ends it.
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
        try {
            transport.close();
            objects.close();
            clients.close();
            closeStore();
        } finally {
            home.release(); // or clients would believe that a server is there
        }
    }

    /** What a server that failed did last may be half done, and was not promised to anybody. */
    private void closeStore() {
        if (store != null) {
            if (failed) {
                store.closeWithoutCommit();
            } else {
                store.close();
            }
        }
    }
}
