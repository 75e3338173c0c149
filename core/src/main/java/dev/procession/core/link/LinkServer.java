package dev.procession.core.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where this process accepts links: one listening socket and one daemon thread for all of them.
 *
 * <p>The thread does the handshakes, also of the bells that this process connects, and reads the
 * control links of the children; it never blocks on one of them. A stranger's garbage, a wrong
 * secret or silence ends that one connection, with a line in the log.
 */
public final class LinkServer implements Runnable, PendingHandshake.Owner {

    private static final int MAX_INCOMING = 256;
    private static final long CHECK_MILLIS = 1000;
    private static final int PASSES_OF_A_LINK = 5;

    /** For how long no link is accepted after one could not be: descriptors may be free by then. */
    private static final long ACCEPT_PAUSE_MILLIS = 100;

    /** For how long a bell is not called again whose other side could not take the call. */
    private static final long CALL_PAUSE_MILLIS = 100;

    private static final Map<Long, ControlLink> CHILDREN = new ConcurrentHashMap<>();

    private static volatile @Nullable LinkServer current;

    /** Null while no lane has had an end in this process. */
    private static volatile @Nullable DoorbellReceiver doorbells;

    private static final Log LOG = Log.of(LinkServer.class);

    /** Takes the doorbells that other processes connect; runs on the server's thread. */
    @FunctionalInterface
    public interface DoorbellReceiver {

        /**
         * Takes a proven channel over.
         *
         * @param target the lane's id
         * @param end which end of it is the other process's
         */
        void received(long target, int end, SocketChannel doorbell) throws IOException;
    }

    private final Session session;
    private final Selector selector;
    private final UserPrincipal user;
    private final Set<SelectionKey> incoming = new HashSet<>();

    /** Attempts to connect, to be made once more. */
    private final Queue<Runnable> laterCalls = new ConcurrentLinkedQueue<>();

    /** Of the link server's thread. */
    private long callAgainAt = System.nanoTime();

    /** The listening socket's key while accepting is put off; of the link server's thread. */
    private @Nullable SelectionKey pausedAccept;

    private long acceptAgainAt;
    private boolean saidCannotAccept;
    private volatile boolean stopped;

    /** No thread is left to run what comes after last words. */
    @GuardedBy("afterwards")
    private boolean over;

    @GuardedBy("afterwards")
    private final List<Afterwards> afterwards = new ArrayList<>();

    private LinkServer(Session session, Selector selector, UserPrincipal user) {
        this.session = session;
        this.selector = selector;
        this.user = user;
    }

    /** This process's link server; it listens from the first call on. */
    public static synchronized LinkServer current() throws IOException {
        LinkServer server = current;
        if (server == null) {
            server = open(Session.current());
            current = server;
        }
        return server;
    }

    /** All of it or nothing: what fails in between leaves no descriptor, and can be tried again. */
    private static LinkServer open(Session session) throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel listening = null;
        boolean bound = false;
        boolean done = false;
        try {
            LinkServer server = new LinkServer(session, selector, Files.getOwner(session.home()));
            listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(
                    UnixDomainSocketAddress.of(session.socket(session.self())), MAX_INCOMING);
            bound = true;
            listening.configureBlocking(false);
            listening.register(selector, SelectionKey.OP_ACCEPT, (ReadyHandler) server::accept);
            Thread thread = new Thread(null, server, "procession-links");
            thread.setDaemon(true);
            thread.start();
            session.lastBeforeEnd(server::stop);
            done = true;
            return server;
        } finally {
            if (!done) {
                if (listening != null) {
                    listening.close();
                }
                selector.close();
                if (bound) {
                    Files.deleteIfExists(session.socket(session.self()));
                }
            }
        }
    }

    /** True if there is one already. */
    public static boolean isListening() {
        return current != null;
    }

    /**
     * Says which link a child's connection belongs to, before the child can connect; the link
     * server itself may begin to listen later.
     */
    public static void expect(long member, ControlLink link) {
        CHILDREN.put(member, link);
    }

    /** Says who takes the doorbells that other processes connect to this one. */
    public static void deliverDoorbells(DoorbellReceiver receiver) {
        doorbells = receiver;
    }

    /** Forgets a child that has ended. */
    public static void forget(long member) {
        CHILDREN.remove(member);
    }

    /**
     * Ends the link server's thread when this process ends, after everything that may wait for a
     * child: a JVM that exits waits 300 ms for threads that are in a system call.
     */
    private void stop() {
        stopped = true;
        selector.wakeup();
    }

    @Override
    public Session session() {
        return session;
    }

    /**
     * Whatever one link, one action or the logging throws ends neither this thread nor what the
     * others wait for.
     */
    @Override
    public void run() {
        try {
            rehearse();
            while (!stopped) {
                // Somebody's code interrupts all threads it finds; a select would not sleep again.
                boolean unused = Thread.interrupted();
                try {
                    pass();
                } catch (ClosedSelectorException e) {
                    LOG.report(Level.ERROR, "this process cannot accept links any more", e);
                    return;
                } catch (Throwable e) {
                    LOG.report(Level.WARNING, "the thread that reads the links goes on after", e);
                    pause();
                }
            }
        } finally {
            finish();
        }
    }

    private void pass() throws IOException {
        acceptAgainIfDue();
        if (hasAfterwards()) {
            selector.selectNow();
        } else {
            selector.select(sleepMillis());
        }
        Set<SelectionKey> selected = selector.selectedKeys();
        for (Iterator<SelectionKey> keys = selected.iterator(); keys.hasNext(); ) {
            SelectionKey key = keys.next();
            keys.remove(); // before it is handled, so that an Error does not have it handled again
            handle(key);
        }
        dropLate();
        callAgainIfDue();
        runAfterwards();
    }

    private long sleepMillis() {
        if (pausedAccept != null) {
            return ACCEPT_PAUSE_MILLIS;
        }
        if (!laterCalls.isEmpty()) {
            return CALL_PAUSE_MILLIS;
        }
        return incoming.isEmpty() ? 0 : CHECK_MILLIS;
    }

    private static void pause() {
        try {
            Thread.sleep(ACCEPT_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            // Then without the rest of the pause.
        }
    }

    /** Reads what is there for the last time, and reports the ends that others wait for. */
    private void finish() {
        for (int pass = 0; pass < PASSES_OF_A_LINK && selector.isOpen(); pass++) {
            try {
                selector.wakeup(); // so that the next select does not sleep
                pass();
            } catch (Throwable e) {
                LOG.report(Level.DEBUG, "a last look at the links failed", e);
            }
        }
        List<Afterwards> rest;
        synchronized (afterwards) {
            over = true;
            rest = List.copyOf(afterwards);
            afterwards.clear();
        }
        for (Afterwards each : rest) {
            each.run();
        }
    }

    /**
     * Runs an action when the link server's thread has read what a process that is dead now ever
     * sent: its connection takes one pass to accept, one each for HELLO and PROOF, and one for the
     * rest. The action runs on the link server's thread, so it does nothing but signal another one;
     * when the link server has stopped it runs at once, by the caller.
     */
    public void afterLastWords(Runnable action) {
        Afterwards next = new Afterwards(action);
        boolean late;
        synchronized (afterwards) {
            late = over;
            if (!late) {
                afterwards.add(next);
            }
        }
        if (late) {
            next.run();
        } else {
            selector.wakeup();
        }
    }

    private static final class Afterwards {
        private final Runnable action;
        private int passesLeft = PASSES_OF_A_LINK;

        Afterwards(Runnable action) {
            this.action = action;
        }

        void run() {
            try {
                action.run();
            } catch (Throwable e) {
                LOG.report(Level.ERROR, "what follows a child's last words failed", e);
            }
        }
    }

    private boolean hasAfterwards() {
        synchronized (afterwards) {
            return !afterwards.isEmpty();
        }
    }

    private void runAfterwards() {
        List<Afterwards> due = new ArrayList<>(0);
        synchronized (afterwards) {
            for (Iterator<Afterwards> actions = afterwards.iterator(); actions.hasNext(); ) {
                Afterwards next = actions.next();
                if (--next.passesLeft <= 0) {
                    due.add(next); // before it is removed: an Error in between loses none
                    actions.remove();
                }
            }
        }
        for (Afterwards each : due) {
            each.run();
        }
    }

    /** Loads what the first handshake takes, while the first child comes up. */
    private void rehearse() {
        try {
            PendingHandshake incoming = new PendingHandshake(this);
            Hello hello =
                    Hello.answer(
                            session, new Hello(0, 0, Hello.Purpose.CONTROL, 0, 0, new byte[0]));
            Frame welcome = Handshake.welcome(session, hello.toBytes(), hello);
            if (Handshake.accepts(session, hello.toBytes(), hello, welcome.payload())
                    || incoming.isLate(System.nanoTime())) {
                throw new AssertionError("a WELCOME is no PROOF");
            }
        } catch (Throwable e) {
            LOG.report(Level.DEBUG, "the rehearsal of a handshake failed", e);
        }
    }

    private void handle(SelectionKey key) {
        try {
            ((ReadyHandler) key.attachment()).ready(key);
        } catch (Throwable e) { // an OutOfMemoryError for one frame, say: it ends that one link
            incoming.remove(key);
            if (key.channel() instanceof ServerSocketChannel) {
                putOffAccepting(key, e);
                return;
            }
            LinkKeys.closeQuietly(key);
            if (!(e instanceof CancelledKeyException || e instanceof SocketException)) {
                boolean expected = e instanceof IOException;
                LOG.report(
                        Level.WARNING,
                        "a link of this process was closed: " + e,
                        expected ? null : e);
            }
        }
    }

    /** Out of descriptors, say: the connections wait in the backlog, and this thread sleeps. */
    private void putOffAccepting(SelectionKey key, Throwable reason) {
        key.interestOps(0);
        pausedAccept = key;
        acceptAgainAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ACCEPT_PAUSE_MILLIS);
        if (!saidCannotAccept) {
            saidCannotAccept = true; // until one is accepted again
            LOG.report(
                    Level.WARNING, "cannot accept links just now; trying again: " + reason, null);
        }
    }

    private void acceptAgainIfDue() {
        SelectionKey key = pausedAccept;
        if (key != null && System.nanoTime() - acceptAgainAt >= 0) {
            pausedAccept = null;
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    private void accept(SelectionKey key) throws IOException {
        SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
        if (channel == null) {
            return;
        }
        saidCannotAccept = false;
        boolean kept = false;
        try {
            kept = admit(channel);
        } catch (IOException e) {
            LOG.report(Level.WARNING, "a link of this process was closed: " + e, null);
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    private boolean admit(SocketChannel channel) throws IOException {
        UserPrincipal peer = PeerUser.of(channel);
        // Where the kernel cannot be asked: only this user may enter the socket's directory.
        boolean ours = peer == null || peer.equals(user);
        if (!ours || incoming.size() >= MAX_INCOMING) {
            LOG.logger()
                    .log(
                            Level.WARNING,
                            "refused a link: user={0}, handshakes under way={1}",
                            String.valueOf(peer),
                            incoming.size());
            return false;
        }
        channel.configureBlocking(false);
        incoming.add(channel.register(selector, SelectionKey.OP_READ, new PendingHandshake(this)));
        return true;
    }

    private void dropLate() {
        long now = System.nanoTime();
        for (Iterator<SelectionKey> keys = incoming.iterator(); keys.hasNext(); ) {
            SelectionKey key = keys.next();
            if (key.attachment() instanceof PendingHandshake late && late.isLate(now)) {
                keys.remove();
                LinkKeys.closeQuietly(key);
                LOG.logger()
                        .log(Level.WARNING, "a link of this process was closed: it said nothing");
            }
        }
    }

    /**
     * Has the link server's thread try to connect again, after a pause if it does so already.
     *
     * @param attempt never blocks and never throws
     */
    public void callLater(Runnable attempt) {
        laterCalls.add(attempt);
        selector.wakeup();
    }

    private void callAgainIfDue() {
        long now = System.nanoTime();
        if (laterCalls.isEmpty() || now - callAgainAt < 0) {
            return;
        }
        callAgainAt = now + TimeUnit.MILLISECONDS.toNanos(CALL_PAUSE_MILLIS);
        for (int count = laterCalls.size(); count > 0; count--) {
            Runnable attempt = laterCalls.poll();
            if (attempt != null) {
                attempt.run();
            }
        }
    }

    /** Has the link server's thread read a non-blocking channel. */
    public SelectionKey register(SocketChannel channel, ReadyHandler reader) throws IOException {
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ, reader);
        selector.wakeup();
        return key;
    }

    /** Ends a connection whose handshake is under way. */
    @Override
    public void drop(SelectionKey key) {
        incoming.remove(key);
        LinkKeys.closeQuietly(key);
    }

    /** Gives a proven link to whom it is for. */
    @Override
    public void accepted(SelectionKey key, Hello hello) throws IOException {
        incoming.remove(key);
        switch (hello.purpose()) {
            case CONTROL -> {
                ControlLink link = CHILDREN.get(hello.target());
                if (link == null || hello.target() != hello.member()) {
                    throw new ProtocolException(
                            "no such child is expected: member=" + hello.member());
                }
                key.attach(link);
                link.connect(key);
            }
            case BELL -> {
                SocketChannel channel = (SocketChannel) key.channel();
                key.cancel();
                DoorbellReceiver receiver = doorbells;
                if (receiver == null) {
                    channel.close();
                } else {
                    receiver.received(hello.target(), hello.end(), channel);
                }
            }
        }
    }
}
