package dev.procession.manager;

import dev.procession.core.LaunchBuilder;
import dev.procession.core.launch.LaunchOptions;
import dev.procession.core.life.Session;
import dev.procession.manager.launch.EmbeddedServer;
import dev.procession.manager.launch.ServerPlace;
import dev.procession.manager.launch.ServerProcess;
import dev.procession.manager.proxy.ManagerHandle;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.manager.proxy.ValueFilter;
import dev.procession.manager.stream.ServerOptions;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Libraries;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Starts a manager's server, or attaches to one, with settings. For one thread; each of {@link
 * #start}, {@link #embedded} and {@link #connect} may be called several times. Inherited settings,
 * such as {@link #jvmArgs} and {@link #classPath}, are for a server in a JVM of its own.
 *
 * <p>Where there is no room for the name of another object, the server first forgets dicts, sets,
 * lists and queues that are empty, and semaphores and barriers with names that are as they were
 * made; not those that a client watches, iterates over, holds something of or waits for. The next
 * request for one makes it again, with the capacity, permits or parties that its caller has;
 * versions and the numbers of elements go on rising.
 *
 * <p>A server bounds all that it keeps in memory, for each client process and in all, by {@link
 * #maxBytes} and by its heap ({@code -Xmx}). What does not fit is refused before it is carried out,
 * with a {@link ManagerException} that has the figures, or waits in the client's socket. What is
 * bounded in all does not count the first 16 KiB of each client, so that each can go on beside
 * others that take what there is. With the default of {@link #maxBytes} the shares of the heap in
 * the table, in all, sum to less than it. Where the heap has regions (G1), a value or message of
 * half a region or more counts as the whole regions that it takes. Outside the heap the JVM lets
 * the server have as much again ({@code -XX:MaxDirectMemorySize}), for what it receives and sends;
 * if that is full nevertheless, the connection that needs more is closed, and its client connects
 * again.
 *
 * <table>
 * <caption>Bounds of a server</caption>
 * <tr><th>what<th>of a client<th>in all<th>above it
 * <tr><td>what is stored, with objects, their names, and the keys that are
 *     watched<td><td>{@link #maxBytes}<td>the request is refused
 * <tr><td>watches of one dict<td>1,024<td>4,096<td>the watch is refused
 * <tr><td>names of objects that a client made, and 450 to 1,100 bytes for each object<td>a quarter of that
 *     <td>three eighths of that, a half with what is free; none above 17 sixteenths of it with what
 *     is stored<td>the request that would make another object is refused
 * <tr><td>{@linkplain Manager#shared users' objects}<td>512<td>1,024<td>the same
 * <tr><td>requests that wait, for example for a lock or an element, with 512 bytes each<td>16,384;
 *     a half of that<td>three quarters of that; none above 17 sixteenths of
 *     it with what is stored<td>a request that may have to wait is refused
 * <tr><td>calls of one {@linkplain Manager#shared user's object} that wait<td>1,024<td>4,096<td>the call
 *     is refused
 * <tr><td>a message<td>{@link #maxMessageBytes}, and an eighth of the heap, or of the
 *     memory outside it if that is less<td><td>the request is
 *     refused in its own process; of a user's object whose result is larger, the method was carried
 *     out
 * <tr><td>what a request takes when it is decoded, with 56 bytes for each of many values<td>twice
 *     that<td><td>the request is refused before it is decoded
 * <tr><td>entries of a request or an answer, but values that a list gets at once<td>4,096
 *     <td><td>the same; more go in several
 * <tr><td>messages above 64 KiB that have begun to arrive, outside the heap<td>one<td>a quarter of
 *     the memory outside the heap<td>they wait in the socket, and a connection is closed whose
 *     message makes no progress for 0.2 s meanwhile, or comes more slowly than 8 MiB/s; its client
 *     connects again
 * <tr><td>what is on its way to a client, outside the heap<td>512 KiB<td><td>the rest stays on the
 *     heap, among the answers and events that it has not read
 * <tr><td>answers that the client has not read or not confirmed<td>a seventh of the heap<td>a
 *     sixth of it<td>its further requests wait; one whose answer has no room for 3 s is refused, and not
 *     carried out; elements for which it waits go to others until there is room, and the wait is refused
 *     if there is none for 3 s while there is an element
 * <tr><td>requests that wait until the client has read its answers<td>16 MiB or a sixteenth of the
 *     heap, and one more<td>a 32nd of the heap<td>its further requests wait in its socket
 * <tr><td>events of its watches that the client has not read<td>16,384; a 48th of the heap, or one event<td>a
 *     24th of the heap<td>events are dropped, and its listeners get {@link DictListener#missed}
 * <tr><td>events that a listener has not taken, in the client's process<td>8,192; a sixteenth of
 *     that process's heap<td><td>the same
 * <tr><td>clients<td><td>{@link #maxConnections}, and one for each 2 MiB of the heap<td>a new client is refused
 * <tr><td>connections that have not finished their handshake, which may take 10 s
 *     <td><td>256<td>the oldest one is refused
 * </table>
 */
public final class ManagerBuilder extends LaunchBuilder<ManagerBuilder> {

    /** The default of {@link #maxMessageBytes}: 64 MiB. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = ServerOptions.DEFAULT_MAX_FRAME_BYTES;

    /** The default of {@link #maxConnections}: 4096. */
    public static final int DEFAULT_MAX_CONNECTIONS = ServerOptions.DEFAULT_MAX_CONNECTIONS;

    /** The default filter after {@link #connect}: the JDK's own data types. */
    public static final String DATA_ONLY = ValueFilter.DATA_ONLY;

    private static final int MIN_MESSAGE_BYTES = FrameKind.MIN_BOUND_BYTES;

    private @Nullable Path address;
    private byte @Nullable [] secret;
    private @Nullable Path store;
    private boolean syncWrites;
    private @Nullable String filter;
    private boolean filterChosen;
    private int maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;
    private long maxBytes;
    private int maxConnections = DEFAULT_MAX_CONNECTIONS;

    ManagerBuilder() {}

    @Override
    protected ManagerBuilder self() {
        return this;
    }

    /**
     * Sets the server's address, at which it can be started again and other programs find it.
     * Without it, the server is in Procession's own directory of this process.
     *
     * @param directory created if necessary; only this user may be able to enter it
     * @param sharedSecret the secret that clients must know; it should be random. It travels with
     *     captured proxies, but not with those that are stored in a manager: they can be used in
     *     processes that are clients of their server anyway
     * @return this builder
     */
    public ManagerBuilder address(Path directory, byte[] sharedSecret) {
        address = directory.toAbsolutePath();
        secret = sharedSecret.clone();
        return this;
    }

    /**
     * Lets dicts, lists, sets, counters, values and namespaces survive the server: each write is in
     * the file before it is acknowledged, so it survives {@code kill -9}. A crash of the whole
     * machine may lose the last writes, unless {@link #syncWrites} is set.
     *
     * <p>The server reads the file before it listens, and keeps all of it in memory. The file is
     * compacted while the server runs, so that it has at most about twice the bytes of the content
     * and 16 MiB; a compaction needs room on the disk for the content once more, beside the file
     * and under its name with {@code .new}. Without that room the server goes on, and the file
     * grows; it tries again from time to time. A file with {@code .lock} behind its name stays, one
     * with {@code .partial} has the name of an unfinished back-up. What a killed server or a crash
     * left unfinished at the end is cut off when the next server starts, and kept in a file with
     * {@code .cut-} and a position behind its name; you may delete it. A damaged file is refused.
     * Only the user can read the files. If a write fails, because the disk is full for example, the
     * server ends, and acknowledges nothing that is not in the file.
     *
     * @param file created if necessary, but not its directory; only one server at a time may use it
     * @return this builder
     */
    public ManagerBuilder persistTo(Path file) {
        store = file.toAbsolutePath();
        return this;
    }

    /**
     * Sets whether the disk has each write before it is acknowledged, so that writes survive a
     * crash of the machine as well, as far as the disk keeps its word. The writes of all clients
     * that arrive together share one wait for the disk, which takes from a tenth of a millisecond
     * to ten milliseconds; the server does nothing else meanwhile. By default it is not set. It has
     * no effect without {@link #persistTo}.
     *
     * @param sync whether to wait for the disk
     * @return this builder
     */
    public ManagerBuilder syncWrites(boolean sync) {
        syncWrites = sync;
        return this;
    }

    /**
     * Limits the bytes of a request and of an answer, and so of a value, which must be some hundred
     * bytes smaller. The limit is never more than an eighth of the server's heap. Iterations,
     * {@code putAll} and {@code drainTo} use as many messages as they need. What is added to a list
     * at once is one message, and may take twice the limit in the server's memory: some 37,000
     * small elements for each mebibyte of it.
     *
     * @param bytes at least 64 KiB
     * @return this builder
     */
    public ManagerBuilder maxMessageBytes(int bytes) {
        if (bytes < MIN_MESSAGE_BYTES || bytes > 1 << 30) {
            throw new IllegalArgumentException("from 64 KiB to 1 GiB: bytes=" + bytes);
        }
        maxMessageBytes = bytes;
        return this;
    }

    /**
     * Limits the client processes; further ones are refused with a {@link ManagerException}. A
     * process has one connection, which all its threads share; when that breaks, the process may
     * always come back. Connections of which the server does not know yet that they are clients do
     * not count.
     *
     * @param count at least one
     * @return this builder
     */
    public ManagerBuilder maxConnections(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least one: count=" + count);
        }
        maxConnections = count;
        return this;
    }

    /**
     * Limits what the server stores: objects with their names, keys, values, elements and waiting
     * requests, with what it takes to find them: 450 to 1,100 bytes for an object, 136 bytes for an
     * entry of a dict, 64 more if it expires, 136 for an element of a queue, 56 for one of a list.
     * A request that does not fit is refused with a {@link ManagerException} before it changes
     * anything. What iterations keep of content that has changed or gone counts as well, once for
     * all of them, but no change is refused for its sake: the iterations end that were not
     * continued for the longest time. So does one of a client that has more than 256, or of the
     * client with most if there are more than 4,096. An element of a queue that its taker cannot
     * decode goes back above the limit as well, up to an eighth more; the server notes the last
     * 1,024 that a client has polled, 28 bytes each. Without this the limit is a third of the
     * server's heap, as a collector may need twice the room of a large value.
     *
     * @param bytes at least one
     * @return this builder
     */
    public ManagerBuilder maxBytes(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("at least one: bytes=" + bytes);
        }
        maxBytes = bytes;
        return this;
    }

    /**
     * Sets the classes of which this process makes objects when it reads values, in the notation of
     * {@link ObjectInputFilter.Config#createFilter}. By default there is no filter for a server
     * that this program has started, and {@link #DATA_ONLY} for one that it connects to, as any
     * program with the secret may write values there. The filter travels with captured proxies.
     * Lambdas never pass a filter.
     *
     * @param pattern the filter, or {@code null} for none
     * @return this builder
     */
    public ManagerBuilder inputFilter(@Nullable String pattern) {
        filter = pattern;
        filterChosen = true;
        return this;
    }

    /**
     * Starts a server in a JVM of its own.
     *
     * @return a manager of it
     * @throws UncheckedIOException if it cannot be started, or the address is taken
     * @throws IllegalStateException if Netty or protobuf-java is too old, or a JVM cannot be
     *     started as this one was, and no class path is named
     */
    public Manager start() {
        try {
            Libraries.checkProtobuf();
            String given = givenName();
            String name = given != null ? given : "manager-" + Session.current().newName();
            LaunchOptions launch = launchOptions(name, true);
            launch.check();
            ServerPlace place = ServerPlace.choose(address, secret);
            ServerProcess process = ServerProcess.start(options(place), launch);
            return manager(place, process::close);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a server in this JVM.
     *
     * @return a manager of it
     * @throws UncheckedIOException if it cannot be started, or the address is taken
     * @throws IllegalStateException if Netty or protobuf-java is too old
     */
    public Manager embedded() {
        try {
            Libraries.checkProtobuf();
            ServerPlace place = ServerPlace.choose(address, secret);
            return manager(place, EmbeddedServer.start(options(place)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Attaches to a server that runs already.
     *
     * @param directory its address
     * @param sharedSecret the secret with which it was started
     * @return a manager of it
     * @throws ManagerUnavailableException if there is no server at this address
     * @throws ManagerException if the server refuses this client
     */
    public Manager connect(Path directory, byte[] sharedSecret) {
        ManagerHandle handle =
                new ManagerHandle(
                        directory.toAbsolutePath().toString(),
                        sharedSecret.clone(),
                        filterChosen ? filter : DATA_ONLY);
        RemoteManager manager = new RemoteManager(handle, sharedSecret, null);
        try {
            manager.stats(); // an answer means that the server accepts this client
            return manager;
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /** The settings of a server that is a program of its own. */
    ServerOptions programOptions() throws IOException {
        return options(ServerPlace.choose(address, secret), false);
    }

    private ServerOptions options(ServerPlace place) {
        return options(place, true);
    }

    private ServerOptions options(ServerPlace place, boolean userObjects) {
        return new ServerOptions(
                place.directory().toString(),
                place.secret(),
                place.isOwned(),
                maxMessageBytes,
                maxConnections,
                maxBytes,
                store == null ? null : store.toString(),
                syncWrites,
                userObjects);
    }

    private RemoteManager manager(ServerPlace place, Runnable endServer) {
        ManagerHandle handle =
                new ManagerHandle(
                        place.directory().toString(),
                        place.isOwned() ? null : place.secret(),
                        filter);
        return new RemoteManager(handle, place.secret(), endServer);
    }
}
