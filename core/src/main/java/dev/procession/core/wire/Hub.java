package dev.procession.core.wire;

import dev.procession.core.life.Session;
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
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Where this process accepts links: one listening socket and one daemon thread for all of them.
 *
 * <p>The thread does the handshakes and reads the control links of the children; it never blocks on
 * one of them. A stranger's garbage, a wrong secret or silence ends that one connection, with a
 * line in the log.
 */
public final class Hub implements Runnable {

    private static final int MAX_INCOMING = 256;
    private static final long CHECK_MILLIS = 1000;
    private static final int PASSES_OF_A_LINK = 5;

    private static final Map<Long, ControlLink> CHILDREN = new ConcurrentHashMap<>();

    private static volatile @Nullable Hub current;

    /** What a key of the hub's selector is attached to. */
    @FunctionalInterface
    interface Ready {
        void ready(SelectionKey key) throws IOException;
    }

    private final Session session;
    private final Selector selector;
    private final UserPrincipal user;
    private volatile boolean stopped;
    private final Set<SelectionKey> incoming = new HashSet<>();
    private final Queue<Afterwards> afterwards = new ConcurrentLinkedQueue<>();

    private Hub(Session session, Selector selector, UserPrincipal user) {
        this.session = session;
        this.selector = selector;
        this.user = user;
    }

    /** This process's hub; it listens from the first call on. */
    public static synchronized Hub current() throws IOException {
        Hub hub = current;
        if (hub == null) {
            Session session = Session.current();
            Selector selector = Selector.open();
            hub = new Hub(session, selector, Files.getOwner(session.home()));
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(session.socket(session.self())), MAX_INCOMING);
            server.configureBlocking(false);
            Hub made = hub;
            server.register(selector, SelectionKey.OP_ACCEPT, (Ready) made::accept);
            Thread thread = new Thread(null, hub, "procession-hub");
            thread.setDaemon(true);
            thread.start();
            session.beforeEnd(hub::stop);
            current = hub;
        }
        return hub;
    }

    /** True if there is one already. */
    public static boolean isListening() {
        return current != null;
    }

    /**
     * Says which link a child's connection belongs to, before the child can connect; the hub itself
     * may begin to listen later.
     */
    public static void expect(long member, ControlLink link) {
        CHILDREN.put(member, link);
    }

    /** Forgets a child that has ended. */
    public static void forget(long member) {
        CHILDREN.remove(member);
    }

    /**
     * Ends the hub's thread when this process ends: a JVM that exits waits 300 ms for threads that
     * are in a system call.
     */
    private void stop() {
        stopped = true;
        selector.wakeup();
    }

    Session session() {
        return session;
    }

    @Override
    public void run() {
        rehearse();
        while (!stopped) {
            try {
                if (!afterwards.isEmpty()) {
                    selector.selectNow();
                } else {
                    selector.select(incoming.isEmpty() ? 0 : CHECK_MILLIS);
                }
                Set<SelectionKey> selected = selector.selectedKeys();
                for (SelectionKey key : selected) {
                    handle(key);
                }
                selected.clear();
                dropLate();
                runAfterwards();
            } catch (IOException | ClosedSelectorException e) {
                log().log(Level.ERROR, "this process cannot accept links any more", e);
                return;
            }
        }
    }

    /**
     * Runs an action on the hub's thread when it has read what a process that is dead now ever
     * sent: its connection takes one pass to accept, one each for HELLO and PROOF, and one for the
     * rest.
     */
    public void afterLastWords(Runnable action) {
        afterwards.add(new Afterwards(action));
        selector.wakeup();
    }

    private static final class Afterwards {
        private final Runnable action;
        private int passesLeft = PASSES_OF_A_LINK;

        Afterwards(Runnable action) {
            this.action = action;
        }
    }

    private void runAfterwards() {
        for (Iterator<Afterwards> actions = afterwards.iterator(); actions.hasNext(); ) {
            Afterwards next = actions.next();
            if (--next.passesLeft == 0) {
                actions.remove();
                next.action.run();
            }
        }
    }

    /** Loads what the first handshake takes, while the first child comes up. */
    private void rehearse() {
        try {
            Incoming incoming = new Incoming(this);
            Hello hello = answer(new Hello(0, 0, Hello.Purpose.CONTROL, 0, 0, new byte[0]));
            Frame welcome = Handshake.welcome(session, hello.toBytes(), hello);
            if (Handshake.accepts(session, hello.toBytes(), hello, welcome.payload())
                    || incoming.isLate(System.nanoTime())) {
                throw new AssertionError("a WELCOME is no PROOF");
            }
        } catch (IOException e) {
            log().log(Level.DEBUG, "the rehearsal of a handshake failed", e);
        }
    }

    private void handle(SelectionKey key) {
        try {
            ((Ready) key.attachment()).ready(key);
        } catch (IOException | RuntimeException e) {
            if (!(e instanceof CancelledKeyException || e instanceof SocketException)) {
                log().log(Level.WARNING, "a link of this process was closed: {0}", e.toString());
            }
            incoming.remove(key);
            closeQuietly(key);
        }
    }

    private void accept(SelectionKey key) throws IOException {
        SocketChannel channel;
        try {
            channel = ((ServerSocketChannel) key.channel()).accept();
        } catch (IOException e) {
            // Out of descriptors, say: the connection waits in the backlog.
            log().log(Level.WARNING, "cannot accept a link just now: {0}", e.toString());
            return;
        }
        if (channel == null) {
            return;
        }
        UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        if (!peer.user().equals(user) || incoming.size() >= MAX_INCOMING) {
            log().log(
                            Level.WARNING,
                            "refused a link: user={0}, handshakes under way={1}",
                            peer.user().getName(),
                            incoming.size());
            channel.close();
            return;
        }
        channel.configureBlocking(false);
        incoming.add(channel.register(selector, SelectionKey.OP_READ, new Incoming(this)));
    }

    private void dropLate() {
        long now = System.nanoTime();
        for (Iterator<SelectionKey> keys = incoming.iterator(); keys.hasNext(); ) {
            SelectionKey key = keys.next();
            if (key.attachment() instanceof Incoming late && late.isLate(now)) {
                log().log(Level.WARNING, "a link of this process was closed: it said nothing");
                keys.remove();
                closeQuietly(key);
            }
        }
    }

    /** Ends a connection whose handshake is under way. */
    void drop(SelectionKey key, Incoming from) {
        incoming.remove(key);
        closeQuietly(key);
    }

    /** What this side says of itself to a HELLO. */
    Hello answer(Hello theirs) throws IOException {
        return new Hello(
                ProcessHandle.current().pid(),
                session.self(),
                theirs.purpose(),
                theirs.target(),
                theirs.end(),
                Session.nonce(Hello.NONCE_BYTES));
    }

    /** Gives a proven link to whom it is for. */
    void accepted(SelectionKey key, Incoming from, Hello hello) throws IOException {
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
                LaneEnd.ring(hello.target(), hello.end(), channel);
            }
        }
    }

    static void interest(SelectionKey key, int operations) {
        if (key.interestOps() != operations) {
            key.interestOps(operations);
            key.selector().wakeup();
        }
    }

    static void closeQuietly(SelectionKey key) {
        key.cancel();
        try {
            key.channel().close();
        } catch (IOException e) {
            log().log(Level.DEBUG, "closing a link failed", e);
        }
        key.selector().wakeup();
    }

    /** Not a constant: loading the logging takes 20 ms of a cold start. */
    private static System.Logger log() {
        return System.getLogger(Hub.class.getName());
    }
}
