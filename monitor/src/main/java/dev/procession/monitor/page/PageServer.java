package dev.procession.monitor.page;

import dev.procession.core.log.Log;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections on the loopback interface, at most {@link #MAX_CONNECTIONS} at a time, each
 * on a daemon thread of its own for one request. The accepting thread also closes a connection
 * whose client does not send or take in time: each step has a deadline.
 *
 * <p>The JDK's own server bounds times and connections only by system properties, which would be
 * those of the watched program's servers too.
 */
final class PageServer implements AutoCloseable {

    /** Answers requests; runs on a connection's thread. */
    interface Handler {
        void handle(Request request, Connection connection) throws IOException;
    }

    static final int MAX_CONNECTIONS = 32;

    /** How long a client may take to send its request, or to take an answer or an event. */
    static final long STEP_SECONDS = 10;

    /** How many connections the kernel keeps until they are accepted. */
    private static final int QUEUE = 128;

    private static final int CHECK_MILLIS = 500;

    private static final Log LOG = Log.of(PageServer.class);

    private final ServerSocket socket;
    private volatile @Nullable Thread accepting;

    /** How many clients have connected; used by the accepting thread. */
    private long accepted;

    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    private PageServer(ServerSocket socket) {
        this.socket = socket;
    }

    /**
     * Takes the port; connections wait until {@link #serve} is called.
     *
     * @param port 0 for any free one
     */
    static PageServer bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        boolean done = false;
        try {
            socket.setReuseAddress(true); // a restarted program gets its port at once
            socket.setSoTimeout(CHECK_MILLIS);
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            socket.bind(new InetSocketAddress(loopback, port), QUEUE);
            done = true;
            return new PageServer(socket);
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    /** Answers requests from now on. */
    void serve(Handler handler) {
        accepting = start("procession-monitor-accept", () -> acceptAll(handler));
    }

    static Thread start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void acceptAll(Handler handler) {
        while (!socket.isClosed()) {
            try {
                accept(handler);
                closeLate();
            } catch (Throwable e) { // no memory for a thread, say
                if (!socket.isClosed()) {
                    LOG.report(Level.WARNING, "the monitor's page continues after", e);
                    pause();
                }
            }
        }
    }

    private void accept(Handler handler) throws IOException {
        Socket client;
        try {
            client = socket.accept();
        } catch (SocketTimeoutException e) {
            return;
        }
        Connection connection = new Connection(client, handler);
        boolean started = false;
        try {
            if (hasRoom()) {
                connections.add(connection);
                connection.start();
                started = true;
            }
        } finally {
            if (!started) {
                connections.remove(connection);
                connection.close();
            }
        }
        if (socket.isClosed()) {
            connection.close(); // close() may have missed it
        }
    }

    /**
     * Makes room, if there is none, at the cost of the client that has been connected for longest
     * without showing that it may look: whoever may not look keeps nobody out who may. At most
     * {@link #MAX_CONNECTIONS} threads run, so it waits for the end of the other one's.
     */
    private boolean hasRoom() {
        if (connections.size() < MAX_CONNECTIONS) {
            return true;
        }
        Connection oldest = null;
        for (Connection each : connections) {
            if (!each.admitted && (oldest == null || each.number < oldest.number)) {
                oldest = each;
            }
        }
        if (oldest != null) {
            oldest.close();
            join(oldest.thread);
        }
        return connections.size() < MAX_CONNECTIONS;
    }

    private static void join(@Nullable Thread thread) {
        if (thread != null) {
            try {
                thread.join(CHECK_MILLIS);
            } catch (InterruptedException e) {
                // The wait just ends earlier: this is no thread of the user's.
            }
        }
    }

    private void closeLate() {
        long now = System.nanoTime();
        for (Connection connection : connections) {
            if (now - connection.deadline >= 0) {
                connection.close();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(CHECK_MILLIS);
        } catch (InterruptedException e) {
            // The pause just ends earlier.
        }
    }

    /** Also waits until the port is free: the accepting thread may still be within the kernel. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.report(Level.DEBUG, "closing the monitor's socket failed", e);
        }
        connections.forEach(Connection::close);
        Thread thread = accepting;
        if (thread != null) {
            try {
                thread.join(CHECK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A client. */
    final class Connection implements Runnable, AutoCloseable {

        private final Socket client;
        private final Handler handler;
        private final long number = ++accepted;
        private volatile long deadline;
        private volatile boolean admitted;
        private volatile @Nullable Thread thread;

        Connection(Socket client, Handler handler) {
            this.client = client;
            this.handler = handler;
            allowStep();
        }

        private void start() {
            thread = PageServer.start("procession-monitor-" + client.getPort(), this);
        }

        /** The client may look: no other one takes its place any more. */
        void admit() {
            admitted = true;
        }

        private void allowStep() {
            deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STEP_SECONDS);
        }

        /** Gives the client time for its next step, and this process for what it has to do. */
        void allow(long seconds) {
            deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        }

        @Override
        public void run() {
            try (client) {
                serve();
            } catch (IOException e) {
                LOG.report(Level.DEBUG, "a client of the monitor's page has gone", e);
            } catch (Throwable e) {
                LOG.report(Level.WARNING, "a request to the monitor's page failed", e);
            } finally {
                connections.remove(this);
            }
        }

        private void serve() throws IOException {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            Request request;
            try {
                request = Request.read(in);
            } catch (Request.Refused e) {
                send(e.response, true);
                return;
            }
            if (request != null) {
                allowStep();
                handler.handle(request, this);
            }
        }

        void send(Response response, boolean withBody) throws IOException {
            allowStep();
            OutputStream out = new BufferedOutputStream(client.getOutputStream());
            response.write(out, withBody);
            client.shutdownOutput();
        }

        /** Sends the head of a stream, or a piece of it; the client has time for this step only. */
        void stream(Response head) throws IOException {
            allowStep();
            head.write(client.getOutputStream(), false);
        }

        void stream(byte[] bytes) throws IOException {
            allowStep();
            client.getOutputStream().write(bytes);
        }

        /** Ends what the client or this process does with the connection now. */
        @Override
        public void close() {
            try {
                client.close();
            } catch (IOException e) {
                LOG.report(Level.DEBUG, "closing a client of the monitor's page failed", e);
            }
        }
    }
}
