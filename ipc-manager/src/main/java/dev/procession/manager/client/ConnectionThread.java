package dev.procession.manager.client;

import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.Selector;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client's own thread. It makes connections, reads when no caller does, and runs the actions of
 * futures for which no thread waits. It starts with the first call.
 */
final class ConnectionThread {

    private static final Log LOG = Log.of(ConnectionThread.class);

    /** How soon a server is found that is started again, while something is watched. */
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How long the farewell may take. */
    private static final long FAREWELL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerAccess access;
    private final PendingCalls calls;
    private final Watches watches;
    private final Deliveries deliveries;
    private final ReaderTurns turns;
    private final Exchange exchange;
    private volatile boolean closed;

    /** How many connections were made. Written by the thread, read by any. */
    private volatile long connectionsEver;

    /** Whether there is what an action on this thread waits for. For the thread itself. */
    private BooleanSupplier wanted = () -> false;

    /** The thread was interrupted while it read; for its action, if one waits. */
    private boolean interrupted;

    /** For the thread itself. */
    private @Nullable Selector selector;

    ConnectionThread(
            ServerAccess access,
            PendingCalls calls,
            Watches watches,
            Deliveries deliveries,
            ReaderTurns turns,
            Exchange exchange) {
        this.access = access;
        this.calls = calls;
        this.watches = watches;
        this.deliveries = deliveries;
        this.turns = turns;
        this.exchange = exchange;
    }

    /** Starts the thread. */
    void start() {
        Thread thread = new Thread(this::run, "procession-manager-connection");
        thread.setDaemon(true);
        turns.begin(thread);
        thread.start();
    }

    private void run() {
        while (!closed) {
            stepSafely();
            interrupted = false; // a user's code may interrupt all threads
        }
        while (!hasEndedSafely()) {
            LockSupport.parkNanos(RECONNECT_NANOS);
        }
    }

    /** The thread goes on after any failure: no other makes connections. */
    private void stepSafely() {
        try {
            step();
        } catch (Throwable e) { // no memory even to fail the calls
            LOG.report(Level.WARNING, "the manager's connection failed; it is made again", e);
            LockSupport.parkNanos(RECONNECT_NANOS);
        }
    }

    /**
     * Serves the calls until there is what an action on this thread waits for, or its time is over.
     * Who makes that come wakes the thread. An interrupt is kept.
     *
     * @param interruptible whether an interrupt ends this as well
     */
    void serveUntil(BooleanSupplier done, Timeout limit, boolean interruptible) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        if (limit.isLimited()) {
            CompletableFuture<?> unused =
                    over.completeOnTimeout(null, limit.remainingNanos(), TimeUnit.NANOSECONDS)
                            .whenComplete((value, failure) -> turns.wakeThread());
        }
        BooleanSupplier before = wanted;
        wanted = () -> done.getAsBoolean() || over.isDone();
        turns.comeBack();
        try {
            while (!closed && !wanted.getAsBoolean() && !(interruptible && isInterrupted())) {
                step();
            }
        } finally {
            wanted = before;
            turns.leave(); // the action goes on
            if (isInterrupted()) {
                interrupted = false;
                Thread.currentThread().interrupt();
            }
            boolean unused = over.complete(null); // and no timer is left
        }
    }

    /** Whether the thread was interrupted; ends that state, in which no selector can wait. */
    private boolean isInterrupted() {
        interrupted |= Thread.interrupted();
        return interrupted;
    }

    /** Whether there is something else to do than to read. */
    private boolean isBusy() {
        ServerConnection current = calls.connection();
        return closed
                || !deliveries.isEmpty()
                || (current == null ? hasWork() : current.isBroken())
                || wanted.getAsBoolean();
    }

    /** Whether a connection is needed. */
    private boolean hasWork() {
        return !calls.isEmpty() || !watches.isEmpty();
    }

    private void step() {
        boolean before = isInterrupted();
        interrupted = false; // what is delivered has other actions
        deliver();
        interrupted = before;
        boolean unused = isInterrupted();
        try {
            ServerConnection current = calls.connection();
            if (current == null || current.isBroken()) {
                connect(current);
            } else {
                BooleanSupplier busy = this::isBusy;
                turns.guard(
                        current,
                        () -> calls.hasUnattended() || !watches.isEmpty(),
                        busy,
                        () -> lead(current));
            }
        } catch (Throwable e) { // the thread goes on: others' calls need it
            LOG.report(Level.WARNING, "the manager's connection failed; it is made again", e);
            ServerConnection current = calls.connection();
            if (current != null) {
                current.close();
            }
            failCalls(
                    calls.lastSeq(),
                    () -> new ManagerException("calls of the manager failed in this process", e));
        }
    }

    private void deliver() {
        if (deliveries.isEmpty()) {
            return;
        }
        turns.leave();
        try {
            deliveries.deliver();
        } finally {
            turns.comeBack();
        }
    }

    private void lead(ServerConnection current) {
        exchange.select(current, Timeout.NEVER);
        boolean unused = exchange.poll();
    }

    private void connect(@Nullable ServerConnection before) throws IOException {
        if (before != null) {
            retire(before);
        }
        if (closed) {
            return;
        }
        if (!hasWork()) {
            turns.parkThread(this::isBusy, Timeout.FOREVER);
            return;
        }
        long last = calls.lastSeq();
        ServerConnection made;
        turns.leading.lock(); // its holder leaves the selector, as there is no connection
        try {
            made = access.dial(selector(), calls.session(), calls.answers());
        } catch (ManagerUnavailableException | ManagerException | IllegalStateException e) {
            failCalls(last, () -> again(e));
            return;
        } finally {
            turns.leading.unlock();
        }
        if (closed) {
            made.close();
            return;
        }
        try {
            begin(made);
        } catch (Throwable e) { // no memory
            made.close(); // also if it is not the connection in use yet
            throw e;
        }
    }

    private Selector selector() {
        Selector opened = selector;
        if (opened == null) {
            try {
                opened = Selector.open();
            } catch (IOException e) { // no descriptors, say
                throw new ManagerException("this process cannot connect to the manager", e);
            }
            selector = opened;
            turns.selectIn(opened);
        }
        return opened;
    }

    /** Returns a failure for one of several calls; its stack is that of the caller. */
    private RuntimeException again(RuntimeException reason) {
        if (reason instanceof ManagerUnavailableException) {
            String fact = String.valueOf(reason.getMessage());
            int address = fact.indexOf(": address="); // the exception adds it
            return new ManagerUnavailableException(
                    address < 0 ? fact : fact.substring(0, address),
                    access.address().directory(),
                    reason);
        }
        return reason instanceof ManagerException
                ? new ManagerException(reason.getMessage(), reason)
                : new IllegalStateException(reason.getMessage(), reason);
    }

    /** Reads what a broken connection still has, and forgets it. */
    private void retire(ServerConnection before) throws IOException {
        exchange.readRestAndClose(before);
        long written;
        before.writing.lock(); // its holder does not block
        try {
            written = before.written();
        } finally {
            before.writing.unlock();
        }
        calls.disconnected(before, written);
        turns.wakeReader();
        turns.leading.lock();
        try {
            Selector opened = selector;
            if (opened != null) {
                int unused = opened.selectNow(selected -> {}); // it removes the closed channel
            }
        } finally {
            turns.leading.unlock();
        }
        ProtocolException error = before.protocolError();
        if (error != null) {
            LOG.report(Level.WARNING, "protocol error from the manager's server", error);
            failCalls(
                    calls.lastSeq(),
                    () ->
                            new ManagerException(
                                    "protocol error from the manager's server: "
                                            + error.getMessage(),
                                    error));
        }
    }

    long connectionsEver() {
        return connectionsEver;
    }

    /** Begins with a new connection. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // this thread alone writes the count
    private void begin(ServerConnection made) {
        ServerSession before = calls.session();
        boolean same = before.equals(made.session());
        access.connected(made);
        connectionsEver++;
        boolean sameServer = before.incarnation() == made.session().incarnation();
        EndedCalls failed = new EndedCalls();
        try {
            calls.connected(made, () -> lost(sameServer), failed);
        } finally {
            exchange.handOver(failed);
        }
        exchange.flush();
        boolean unused = exchange.poll(); // answers may have come with the end of the handshake
        if (same) {
            watches.missedIn(made.session());
        }
        watches.all().forEach(this::watchAgain);
    }

    private RuntimeException lost(boolean sameServer) {
        return new ManagerUnavailableException(
                sameServer
                        ? "the manager's server has ended this client's session during the call"
                        : "the manager's server died during the call, and another has taken its"
                                + " place",
                access.address().directory(),
                null);
    }

    /**
     * Begins a watch in the session of today, unless it stands there or there is no connection. Any
     * thread may call this.
     */
    void watchAgain(Watches.Watching watching) {
        ServerConnection current = calls.connection();
        if (current == null || !watches.mustBegin(watching, current.session())) {
            return;
        }
        try {
            boolean unused = calls.add(new WatchCall(watches, watching, this::watchAgain));
        } catch (RuntimeException | Error e) {
            watches.failedToBegin(watching); // the next connection tries again
            throw e;
        }
        exchange.flush();
        turns.wakeThread();
    }

    /**
     * Fails calls, and waits before the next dial, unless a later call asks for it.
     *
     * @param last the last one to fail: a server may have started since it was called
     */
    private void failCalls(long last, Supplier<RuntimeException> reason) {
        exchange.handOver(calls.failUpTo(last, reason, isServerDead()));
        deliver();
        if (hasWork() && calls.lastSeq() == last) {
            turns.parkThread(() -> closed || !deliveries.isEmpty(), RECONNECT_NANOS);
        }
    }

    private boolean isServerDead() {
        try {
            return access.serverIsDead();
        } catch (RuntimeException e) {
            return false; // it cannot be found out now
        }
    }

    /**
     * Ends all calls, says farewell, and ends the thread. In this order, so that the thread does
     * not connect again, for a call, when the server has ended the session.
     */
    void close() {
        watches.close();
        try {
            endCalls();
            calls.sayGoodbye();
            ServerConnection current = calls.connection();
            if (current != null) {
                sayFarewell(current);
                current.close();
            }
        } finally {
            closed = true; // and the thread ends what is left
            turns.wakeReader();
        }
    }

    private void endCalls() {
        exchange.handOver(calls.close(() -> new IllegalStateException("the manager was closed")));
    }

    /** Wakes the thread, also when it connects. */
    void wake() {
        turns.wakeReader();
    }

    private void sayFarewell(ServerConnection current) {
        Timeout limit = Timeout.ofNanos(FAREWELL_NANOS);
        exchange.flush();
        while (calls.hasUnwritten() && !current.isBroken() && !limit.isOver()) {
            current.noteRoom(true); // perhaps
            exchange.flush();
        }
    }

    /** Ends the thread; returns false if there was no memory for it. */
    private boolean hasEndedSafely() {
        try {
            endCalls(); // if the thread that closes this could not
            deliveries.endOfThread();
            ServerConnection current = calls.connection();
            if (current != null) {
                current.close();
            }
            Selector opened = selector;
            if (opened != null) {
                opened.close();
            }
        } catch (IOException e) {
            LOG.report(Level.DEBUG, "closing a selector failed", e);
        } catch (Throwable e) {
            LOG.report(Level.WARNING, "ending a manager's connection failed; tried again", e);
            return false;
        }
        return true;
    }
}
