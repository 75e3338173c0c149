package dev.procession.pipe;

import dev.procession.core.life.Membership;
import dev.procession.core.link.UnixSockets;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An address at which unrelated processes connect: Python's {@code
 * multiprocessing.connection.Listener}.
 *
 * <p>The address is the path of a Unix-domain socket, at most about 100 bytes long. In a handshake
 * both sides prove to each other that they know the same secret, which is never sent. A connection
 * is refused if its secret or version is wrong, if it sends garbage, if it does not complete the
 * handshake within {@link #PATIENCE}, or if it belongs to another user according to the kernel. The
 * reason is logged and sent to the other side; the listener goes on.
 *
 * <pre>{@code
 * try (Listener<String> listener = Listener.bind(address, secret);
 *         Connection<String> connection = listener.accept()) {
 *     System.out.println(connection.receive());
 * }
 * }</pre>
 *
 * <p>Messages go through the socket. The connections cannot be moved to other processes, which
 * connect themselves instead. The death of a listener's process frees the address; accepted
 * connections stay until their own processes end.
 *
 * <p>Thread-safe.
 *
 * @param <T> the messages
 */
public final class Listener<T> implements AutoCloseable {

    private static final Log LOG = Log.of(Listener.class);

    /** The longest time of a handshake. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int MAX_HANDSHAKES = 64;
    private static final long CHECK_MILLIS = 200;

    /** How long nothing is accepted after a failure. */
    private static final long ACCEPT_PAUSE_MILLIS = 100;

    /** The time between attempts to connect to a listener whose backlog is full. */
    private static final long CONNECT_PAUSE_NANOS = 10_000_000;

    /**
     * The addresses at which this process listens. Opening and closing the lock file of one of them
     * again would drop its lock.
     */
    private static final Set<Path> BOUND = ConcurrentHashMap.newKeySet();

    private final Path address;
    private final Path bound;
    private final byte[] secret;
    private final PipeOptions options;
    private final ServerSocketChannel server;
    private final Membership lock;
    private final BlockingQueue<Connection<T>> accepted = new LinkedBlockingQueue<>();
    private final Semaphore handshakes = new Semaphore(MAX_HANDSHAKES);
    private volatile boolean closed;

    private Listener(
            Path address,
            Path bound,
            byte[] secret,
            PipeOptions options,
            ServerSocketChannel server,
            Membership lock) {
        this.address = address;
        this.bound = bound;
        this.secret = secret;
        this.options = options;
        this.server = server;
        this.lock = lock;
    }

    /**
     * Listens at an address. The socket of a dead process is replaced; an address in use is
     * refused.
     *
     * @param address the path of the socket, in a directory that exists
     * @param secret the secret that the other side must know; copied
     * @param <T> the messages
     * @return the listener
     * @throws UncheckedIOException if the address is in use or cannot be bound
     * @throws IllegalArgumentException if the secret is empty
     */
    public static <T> Listener<T> bind(Path address, byte[] secret) {
        return bind(address, secret, PipeOptions.DEFAULT);
    }

    /**
     * Listens at an address.
     *
     * @param address the path of the socket, in a directory that exists
     * @param secret the secret that the other side must know; copied
     * @param options the options of the accepted connections
     * @param <T> the messages
     * @return the listener
     * @throws UncheckedIOException if the address is in use or cannot be bound
     * @throws IllegalArgumentException if the secret is empty
     */
    public static <T> Listener<T> bind(Path address, byte[] secret, PipeOptions options) {
        requireSecret(secret);
        try {
            Path bound = unique(address);
            // Checked before the lock file is opened: closing it again would drop the lock.
            if (!BOUND.add(bound)) {
                throw new BindException("this process listens there: " + address);
            }
            boolean done = false;
            try {
                Listener<T> listener = bind(address, bound, secret, options);
                done = true;
                return listener;
            } finally {
                if (!done) {
                    BOUND.remove(bound);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen: address=" + address, e);
        }
    }

    private static <T> Listener<T> bind(
            Path address, Path bound, byte[] secret, PipeOptions options) throws IOException {
        Membership lock = lockAddress(address);
        ServerSocketChannel server = null;
        boolean done = false;
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            Files.deleteIfExists(address); // of a dead process: its lock was free
            server.bind(UnixDomainSocketAddress.of(address), MAX_HANDSHAKES);
            Listener<T> listener =
                    new Listener<>(address, bound, secret.clone(), options, server, lock);
            Thread thread = new Thread(null, listener::serve, "procession-listener");
            thread.setDaemon(true);
            thread.start();
            done = true;
            return listener;
        } finally {
            if (!done) {
                lock.release();
                if (server != null) {
                    server.close();
                }
            }
        }
    }

    /** Returns the same path for all spellings of an address. */
    private static Path unique(Path address) throws IOException {
        Path absolute = address.toAbsolutePath();
        return absolute.getParent().toRealPath().resolve(absolute.getFileName());
    }

    private static Membership lockAddress(Path address) throws IOException {
        try {
            return Membership.claim(lockFile(address));
        } catch (OverlappingFileLockException e) {
            // The other listener was made under another class loader.
            BindException inUse = new BindException("this process listens there: " + address);
            inUse.initCause(e);
            throw inUse;
        }
    }

    private static Path lockFile(Path address) {
        return address.resolveSibling(address.getFileName() + ".lock");
    }

    private static void requireSecret(byte[] secret) {
        if (secret.length == 0) {
            throw new IllegalArgumentException("a secret has at least one byte");
        }
    }

    /**
     * Accepts connections until the listener is closed. No failure of one connection ends this
     * thread.
     */
    private void serve() {
        boolean failureLogged = false;
        while (!closed) {
            try {
                startHandshake(server.accept());
                failureLogged = false;
            } catch (ClosedChannelException e) {
                return;
            } catch (Throwable e) {
                // For example out of descriptors or threads; pending connections are not lost.
                if (!failureLogged) {
                    failureLogged = true; // until a connection is accepted again
                    LOG.report(
                            Level.WARNING,
                            "cannot accept connections now; trying again: " + e,
                            null);
                }
                pause();
            }
        }
    }

    private void startHandshake(SocketChannel socket) throws IOException {
        boolean begun = false;
        try {
            if (!handshakes.tryAcquire()) {
                LOG.report(
                        Level.WARNING,
                        "refused a connection: too many handshakes at once: limit="
                                + MAX_HANDSHAKES,
                        null);
                return;
            }
            try {
                Thread thread = new Thread(null, () -> shakeHands(socket), "procession-accept");
                thread.setDaemon(true);
                thread.start();
                begun = true;
            } finally {
                if (!begun) {
                    handshakes.release();
                }
            }
        } finally {
            if (!begun) {
                socket.close();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ACCEPT_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            // The pause ends early.
        }
    }

    private void shakeHands(SocketChannel socket) {
        try (ListenerHandshake handshake =
                new ListenerHandshake(socket, secret, Timeout.of(PATIENCE))) {
            Connection<T> connection = connection(handshake.accept(), options);
            accepted.add(connection);
            if (closed && accepted.remove(connection)) {
                connection.close();
            }
        } catch (IOException | RuntimeException e) {
            ListenerHandshake.drop(socket, e);
            LOG.report(Level.WARNING, "refused a connection: " + e, null);
        } finally {
            handshakes.release();
        }
    }

    private static <T> Connection<T> connection(SocketEnd end, PipeOptions options) {
        return new WireConnection<>(end, Direction.BOTH, options, null);
    }

    /**
     * Returns the next connection and waits for it. Its handshake is complete.
     *
     * @return the connection
     * @throws InterruptedException if this thread was interrupted; the listener goes on
     * @throws PipeException if the listener was closed
     */
    public Connection<T> accept() throws InterruptedException {
        while (true) {
            Optional<Connection<T>> next = accept(PATIENCE);
            if (next.isPresent()) {
                return next.get();
            }
        }
    }

    /**
     * Returns the next connection and waits for it for a limited time.
     *
     * @param timeout how long at most
     * @return the connection; empty if there was none in time
     * @throws InterruptedException if this thread was interrupted; the listener goes on
     * @throws PipeException if the listener was closed
     */
    public Optional<Connection<T>> accept(Duration timeout) throws InterruptedException {
        Timeout time = Timeout.of(timeout);
        while (true) {
            if (closed) {
                throw new PipeException("the listener was closed: address=" + address);
            }
            long nanos =
                    Math.min(time.remainingNanos(), TimeUnit.MILLISECONDS.toNanos(CHECK_MILLIS));
            Connection<T> next = accepted.poll(nanos, TimeUnit.NANOSECONDS);
            if (next != null) {
                return Optional.of(next);
            }
            if (time.isOver()) {
                return Optional.empty();
            }
        }
    }

    /**
     * Connects to a listener. Blocks until the handshake is complete, {@link #PATIENCE} at most.
     *
     * @param address the address of the listener
     * @param secret the secret that both sides know
     * @param <T> the messages
     * @return the connection
     * @throws PipeException if no listener is bound there, its secret or version is different, or
     *     it did not answer in time; the message says which
     */
    public static <T> Connection<T> connect(Path address, byte[] secret) {
        return connect(address, secret, PipeOptions.DEFAULT);
    }

    /**
     * Connects to a listener.
     *
     * @param address the address of the listener
     * @param secret the secret that both sides know
     * @param options the options of this end
     * @param <T> the messages
     * @return the connection
     * @throws PipeException as for {@link #connect(Path, byte[])}
     */
    public static <T> Connection<T> connect(Path address, byte[] secret, PipeOptions options) {
        return connect(address, secret, options, PATIENCE);
    }

    /** Connects within a limit. */
    static <T> Connection<T> connect(
            Path address, byte[] secret, PipeOptions options, Duration patience) {
        requireSecret(secret);
        Timeout time = Timeout.of(patience);
        SocketChannel socket = null;
        try {
            socket = open(address, time);
            try (ListenerHandshake handshake = new ListenerHandshake(socket, secret, time)) {
                return connection(handshake.connect(), options);
            }
        } catch (IOException e) {
            ListenerHandshake.drop(socket, e);
            throw new PipeException(
                    "cannot connect: address=" + address + ": " + e.getMessage(), e);
        }
    }

    /**
     * Connects, and tries again while the backlog is full: a blocking connect would wait without a
     * limit.
     */
    private static SocketChannel open(Path address, Timeout time) throws IOException {
        while (true) {
            SocketChannel socket = UnixSockets.connectNow(address);
            if (socket != null) {
                return socket;
            }
            if (time.isOver()) {
                throw new IOException(
                        "the listener accepts no connection: its process is stopped, or too many"
                                + " connections are pending");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("interrupted while the listener accepted no connection");
            }
            LockSupport.parkNanos(CONNECT_PAUSE_NANOS);
        }
    }

    /**
     * Stops listening and frees the address. Accepted connections stay; those that were not yet
     * accepted are closed. Does nothing the second time.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            server.close();
            Files.deleteIfExists(address);
            Files.deleteIfExists(lockFile(address));
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop listening: address=" + address, e);
        } finally {
            BOUND.remove(bound);
            Connection<T> next;
            while ((next = accepted.poll()) != null) {
                next.close();
            }
        }
    }
}
