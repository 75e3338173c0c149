package dev.procession.core.link;

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
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Accepts this process's links: one listening socket and one daemon thread for all of them.
 *
 * <p>The thread runs the handshakes, including those of the doorbells that this process connects,
 * and reads the control links of the children; it never blocks on one of them. Invalid bytes, a
 * wrong secret or a timeout end that one connection, with a message in the log.
 */
public final class LinkServer implements Runnable, PendingHandshake.Owner {

    private static final int MAX_INCOMING = 256;
    private static final long CHECK_MILLIS = 1000;
    private static final int PASSES_OF_A_LINK = 5;

    /** The pause after a link could not be accepted; a descriptor may be free by then. */
    private static final long ACCEPT_PAUSE_MILLIS = 100;

    /** The pause before doorbells are connected again whose other side's backlog was full. */
    private static final long CONNECT_PAUSE_MILLIS = 100;

    private static final Map<Long, FrameLink> CHILDREN = new ConcurrentHashMap<>();

    private static volatile @Nullable LinkServer current;

    private static final Log LOG = Log.of(LinkServer.class);

    private final Session session;
    private final Selector selector;
    private final UserPrincipal user;
    private final Set<SelectionKey> incoming = new LinkedHashSet<>();

    /** Attempts to connect that must be repeated. */
    private final Queue<Runnable> connectAttempts = new ConcurrentLinkedQueue<>();

    /** Used by the link server's thread. */
    private long connectAgainAt = System.nanoTime();

    /** The listening socket's key while accepting is paused; used by the link server's thread. */
    private @Nullable SelectionKey pausedAccept;

    private long acceptAgainAt;
    private boolean warnedCannotAccept;
    private volatile boolean stopped;

    private final DelayedActions delayedActions = new DelayedActions(PASSES_OF_A_LINK);

    private LinkServer(Session session, Selector selector, UserPrincipal user) {
        this.session = session;
        this.selector = selector;
        this.user = user;
    }

    /** Returns this process's link server, which listens from the first call on. */
    public static synchronized LinkServer current() throws IOException {
        LinkServer server = current;
        if (server == null) {
            server = open(Session.current());
            current = server;
            if (System.getProperty(ProgramHook.PROPERTY) != null
                    && server.session.self() == Session.ROOT) {
                ProgramHook.callAll();
            }
        }
        return server;
    }

    /**
     * Opens all of a link server or nothing: a failure leaves no descriptor, and the caller may try
     * again.
     */
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

    /** True if this process has a link server already. */
    public static boolean isListening() {
        return current != null;
    }

    /**
     * Registers the link of a child before the child can connect; the link server may begin to
     * listen later.
     */
    public static void expect(long member, FrameLink link) {
        CHILDREN.put(member, link);
    }

    /** Removes the link of a child that has ended. */
    public static void forget(long member) {
        CHILDREN.remove(member);
    }

    /**
     * Ends the link server's thread when this process ends, after all actions that may wait for a
     * child. If the thread stayed in its system call, the exit of the JVM would take 300 ms longer.
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
     * Serves the links until the process ends. An exception of one link, one action or the logging
     * does not end the thread.
     */
    @Override
    public void run() {
        try {
            rehearse();
            while (!stopped) {
                // User code may interrupt all threads of the JVM; with the flag set no select would
                // sleep.
                boolean unused = Thread.interrupted();
                try {
                    serveOnce();
                } catch (ClosedSelectorException e) {
                    LOG.report(Level.ERROR, "this process cannot accept links any more", e);
                    return;
                } catch (Throwable e) {
                    LOG.report(Level.WARNING, "the thread that reads the links continues after", e);
                    pause();
                }
            }
        } finally {
            finish();
        }
    }

    private void serveOnce() throws IOException {
        acceptAgainIfDue();
        if (delayedActions.isEmpty()) {
            selector.select(sleepMillis());
        } else {
            selector.selectNow();
        }
        Set<SelectionKey> selected = selector.selectedKeys();
        for (Iterator<SelectionKey> keys = selected.iterator(); keys.hasNext(); ) {
            SelectionKey key = keys.next();
            keys.remove(); // before it is handled, so that it is not handled again after an Error
            handle(key);
        }
        dropLate();
        connectAgainIfDue();
        delayedActions.runDue();
    }

    private long sleepMillis() {
        if (pausedAccept != null) {
            return ACCEPT_PAUSE_MILLIS;
        }
        if (!connectAttempts.isEmpty()) {
            return CONNECT_PAUSE_MILLIS;
        }
        return incoming.isEmpty() ? 0 : CHECK_MILLIS;
    }

    private static void pause() {
        try {
            Thread.sleep(ACCEPT_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            // The pause just ends earlier.
        }
    }

    /** Reads the links for the last time, and runs all delayed actions. */
    private void finish() {
        for (int pass = 0; pass < PASSES_OF_A_LINK && selector.isOpen(); pass++) {
            try {
                selector.wakeup(); // so that the next select does not sleep
                serveOnce();
            } catch (Throwable e) {
                LOG.report(Level.DEBUG, "reading the links for the last time failed", e);
            }
        }
        delayedActions.finish();
    }

    /**
     * Runs an action after the link server's thread has read all frames of a process that is dead
     * now: it needs one pass to accept the connection, one each for HELLO and PROOF, and one for
     * the other frames. The action runs on the link server's thread, so it must only signal another
     * thread; when the link server has stopped, the caller runs it at once.
     */
    public void afterAllFrames(Runnable action) {
        if (delayedActions.add(action)) {
            selector.wakeup();
        }
    }

    /** Loads the classes of a handshake while the first child starts. */
    private void rehearse() {
        try {
            PendingHandshake incoming = new PendingHandshake(this);
            Hello hello =
                    Hello.answer(
                            session, new Hello(0, 0, Hello.Purpose.CONTROL, 0, 0, new byte[0]));
            Frame welcome = Handshake.welcome(session, hello.toBytes(), hello);
            if (Handshake.accepts(session, hello.toBytes(), hello, welcome.payload())
                    || incoming.isLate(System.nanoTime())) {
                throw new AssertionError("a WELCOME was accepted as a PROOF");
            }
        } catch (Throwable e) {
            LOG.report(Level.DEBUG, "the rehearsal of a handshake failed", e);
        }
    }

    private void handle(SelectionKey key) {
        try {
            ((ReadyHandler) key.attachment()).ready(key);
        } catch (Throwable e) { // an OutOfMemoryError for one frame, say; it ends this link only
            incoming.remove(key);
            if (key.channel() instanceof ServerSocketChannel) {
                pauseAccepting(key, e);
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

    /** Pauses accepting when no descriptor is left, say; connections wait in the backlog. */
    private void pauseAccepting(SelectionKey key, Throwable reason) {
        key.interestOps(0);
        pausedAccept = key;
        acceptAgainAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ACCEPT_PAUSE_MILLIS);
        if (!warnedCannotAccept) {
            warnedCannotAccept = true; // until one is accepted again
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
        warnedCannotAccept = false;
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
        // If the kernel gives no user, the directory's mode suffices: only this user may enter it.
        boolean ours = peer == null || peer.equals(user);
        if (!ours) {
            LOG.report(Level.WARNING, "refused a link: user=" + peer, null);
            return false;
        }
        if (incoming.size() >= MAX_INCOMING) { // a true one takes less than a millisecond
            SelectionKey oldest = incoming.iterator().next();
            incoming.remove(oldest);
            LinkKeys.closeQuietly(oldest);
            LOG.report(Level.WARNING, "a link was closed: too many handshakes are under way", null);
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
                LOG.report(
                        Level.WARNING,
                        "a link of this process was closed: its handshake took too long",
                        null);
            }
        }
    }

    /**
     * Lets the link server's thread repeat an attempt to connect, at most once per pause.
     *
     * @param attempt never blocks and never throws
     */
    public void connectLater(Runnable attempt) {
        connectAttempts.add(attempt);
        selector.wakeup();
    }

    private void connectAgainIfDue() {
        long now = System.nanoTime();
        if (connectAttempts.isEmpty() || now - connectAgainAt < 0) {
            return;
        }
        connectAgainAt = now + TimeUnit.MILLISECONDS.toNanos(CONNECT_PAUSE_MILLIS);
        for (int count = connectAttempts.size(); count > 0; count--) {
            Runnable attempt = connectAttempts.poll();
            if (attempt != null) {
                attempt.run();
            }
        }
    }

    /** Lets the link server's thread read a non-blocking channel. */
    public SelectionKey register(SocketChannel channel, ReadyHandler reader) throws IOException {
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ, reader);
        selector.wakeup();
        return key;
    }

    /** Closes a connection whose handshake is under way. */
    @Override
    public void drop(SelectionKey key) {
        incoming.remove(key);
        LinkKeys.closeQuietly(key);
    }

    /** Passes a link whose handshake has succeeded to the one who expects it. */
    @Override
    public void accepted(SelectionKey key, Hello hello) throws IOException {
        incoming.remove(key);
        switch (hello.purpose()) {
            case CONTROL -> {
                FrameLink link = CHILDREN.get(hello.target());
                if (link == null || hello.target() != hello.member()) {
                    throw new ProtocolException(
                            "no child with this member number is expected: member="
                                    + hello.member());
                }
                key.attach(link);
                link.connect(key);
            }
            case BELL -> {
                SocketChannel channel = (SocketChannel) key.channel();
                key.cancel();
                IncomingDoorbells.deliver(hello.target(), hello.end(), channel);
            }
            case QUESTIONS -> Answers.accepted(key);
        }
    }
}
