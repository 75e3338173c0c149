package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.client.PendingCalls.Call;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stream of the calls that nobody waits for at once. Many are under way, and share their trips.
 *
 * <p><b>Who writes.</b> The caller itself, if nothing is under way. Otherwise its request waits for
 * the first of: an answer, somebody who waits for one, many requests. One write then takes all.
 *
 * <p><b>Who reads.</b> A thread that waits for a {@link Reply} looks for answers itself, its own
 * and others', as long as {@link AnswerSpin} would; then it sleeps. A daemon thread, which nobody
 * interrupts, does everything else: it connects, sleeps in a selector, reads when nobody looks, and
 * writes what the connection did not take at once. It rests while others read, {@link #REST_NANOS}
 * at a time, and takes over as soon as one of them falls asleep.
 *
 * <p>Futures are completed without any lock, one after the other, by whoever reads; and with them
 * run the actions that depend on them. One that waits for another of this pipeline's futures goes
 * on reading meanwhile, the daemon thread too.
 *
 * <p>When the connection breaks, everything that has no answer yet is sent again in order; the
 * server does nothing twice. At most {@link #WINDOW} calls are under way; who asks for more waits.
 */
public final class Pipeline {

    private static final Log LOG = Log.of(Pipeline.class);

    /** Calls under way at most. */
    public static final int WINDOW = 4096;

    /** The actions of all calls under way may wait for each other on the thread. */
    private static final long STACK_BYTES = 16L << 20;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** An answer that nobody waits for may come later by that, while somebody else looks. */
    private static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final ManagerClient client;
    private final long stream;
    private final PendingCalls calls = new PendingCalls(WINDOW);
    private final Watches watches = new Watches();

    /** What has come and has no future completed yet. Whoever passes by takes the next. */
    private final Queue<Runnable> deliveries = new ConcurrentLinkedQueue<>();

    private final Thread thread;
    private final AtomicInteger asleep = new AtomicInteger();
    private final Object change = new Object();

    /** Set by the thread alone; taken away by whoever finds it broken. */
    private volatile @Nullable NonBlockingConnection connection;

    private volatile @Nullable Selector selector;
    private volatile boolean stuck;
    private volatile long lastHelp = System.nanoTime() - REST_NANOS;
    private volatile boolean resting;

    @GuardedBy("change")
    private boolean closed;

    private long lastIncarnation; // of the thread alone

    /** Hears of changes. */
    public interface EventListener {
        /** An entry has changed. */
        void changed(Event event);

        /** Changes may have been missed: the connection was broken, or the listener too slow. */
        void missed();
    }

    Pipeline(ManagerClient client, long stream) {
        this.client = client;
        this.stream = stream;
        this.thread = new Thread(null, this::run, "procession-manager-pipeline", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
    }

    <T> CompletableFuture<T> submit(Request.Builder request, Function<Response, T> decoder) {
        awaitRoom();
        Reply<T> reply = new Reply<>(this, decoder);
        boolean sendNow = isAdded(request, reply);
        if (connection == null) {
            signal(); // the thread, to connect
        } else if (sendNow) {
            send();
        }
        return reply;
    }

    private boolean isAdded(Request.Builder request, Reply<?> reply) {
        try {
            return calls.add(request, reply);
        } catch (Throwable e) { // no memory, say; what is to be sent may be forgotten
            NonBlockingConnection current = connection;
            if (current != null) {
                broken(current); // then all is sent again
            }
            throw e;
        }
    }

    private void awaitRoom() {
        boolean interrupted = false;
        while (calls.isFull() && Thread.currentThread() != thread) {
            send();
            try {
                calls.awaitRoom();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    long watch(Request.Builder request, EventListener listener) {
        long watch = watches.add(request, listener);
        try {
            Response unused = CallFutures.await(submit(request, Function.identity()));
        } catch (RuntimeException e) {
            Request.Builder unused = watches.remove(watch);
            throw e;
        }
        return watch;
    }

    void unwatch(long watch) {
        Request.Builder request = watches.remove(watch);
        if (request != null) {
            Response unused =
                    CallFutures.await(
                            submit(request.setOperation(Operation.UNWATCH), Function.identity()));
        }
    }

    /** Breaks the connection, as a fault would. */
    void drop() {
        NonBlockingConnection current = connection;
        if (current != null) {
            current.close();
            signal();
        }
    }

    void close() {
        synchronized (change) {
            closed = true;
        }
        calls.close(new IllegalStateException("the manager is closed"));
        fail(calls.takeAll(), new IllegalStateException("the manager was closed"));
        drop();
        signal();
        watches.close();
    }

    private boolean isClosed() {
        synchronized (change) {
            return closed;
        }
    }

    /** Has the thread look around, wherever it is. */
    private void signal() {
        synchronized (change) {
            change.notifyAll(); // the thread, which waits for something to do
        }
        Selector current = selector;
        if (current != null) {
            current.wakeup();
        }
        LockSupport.unpark(thread);
    }

    // Writing.

    /** Writes what waits to be sent, unless somebody else does; that one then writes all. */
    private void send() {
        NonBlockingConnection current = connection;
        while (current != null
                && !stuck
                && (calls.hasUnsent() || calls.hasToConfirm())
                && current.writing.tryLock()) {
            try {
                if (connection == current) {
                    write(current);
                }
            } catch (IOException e) {
                broken(current);
            } catch (Throwable e) { // no memory, say; a call may count as sent that is not
                broken(current);
                if (Thread.currentThread() == thread) {
                    throw e; // who sends all again could not either: the calls fail
                }
                LOG.report(
                        Level.WARNING, "writing requests failed; the connection is made again", e);
                return;
            } finally {
                current.writing.unlock();
            }
            current = connection;
        }
    }

    private void write(NonBlockingConnection current) throws IOException {
        Call call;
        boolean taken = true;
        while (taken && (call = calls.next()) != null) {
            Request request = call.request();
            try {
                client.requireFits(request, current.maxBytes());
            } catch (IllegalArgumentException tooLarge) {
                refuse(call, tooLarge);
                continue;
            }
            taken = current.append(FrameKind.REQUEST, request);
            if (!taken) {
                calls.putBack(call);
            }
        }
        if (taken
                && calls.hasToConfirm()
                && !current.append(FrameKind.REQUEST, calls.confirmation())) {
            calls.notConfirmed();
        }
        if (!current.flush()) {
            stuck = true;
            signal(); // the thread, to wait for room
        }
    }

    private void refuse(Call call, RuntimeException reason) {
        calls.notConfirmed();
        if (calls.take(call.request().getSeq()) != null) {
            deliveries.add(() -> call.reply().fail(reason));
            signal(); // the thread, for no action may run under the lock of who writes
            if (isClosed()) {
                deliver(); // the thread may be gone; whatever the action calls is refused
            }
        }
    }

    /** The connection can take more, perhaps. */
    private void sendRest(NonBlockingConnection current) {
        current.writing.lock(); // who has it does not block
        try {
            stuck = !current.flush();
        } catch (IOException e) {
            broken(current);
        } finally {
            current.writing.unlock();
        }
        send();
    }

    // Reading.

    /**
     * Reads answers until a future is done, for a while. The thread, for which nobody else would
     * read, does it until then.
     *
     * @param limit how long at most the caller would wait
     * @return whether it is done
     */
    boolean help(CompletableFuture<?> wanted, Timeout limit) {
        deliver();
        send();
        if (Thread.currentThread() == thread) {
            serveUntil(wanted, limit);
        } else if (AnswerSpin.takePlace()) {
            try {
                spin(wanted, limit);
            } finally {
                AnswerSpin.leavePlace();
            }
        }
        return wanted.isDone();
    }

    /** An action on the thread waits for a future. */
    private void serveUntil(CompletableFuture<?> wanted, Timeout limit) {
        CompletableFuture<?> end = wanted;
        if (limit.isLimited()) {
            CompletableFuture<Object> over = new CompletableFuture<>();
            end =
                    CompletableFuture.anyOf(
                            wanted,
                            over.completeOnTimeout(
                                    over, limit.remainingNanos(), TimeUnit.NANOSECONDS));
        }
        CompletableFuture<?> unused = end.whenComplete((value, failure) -> signal());
        Selector current = selector;
        while (current != null && awaitWork(end) && !end.isDone()) {
            step(current);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy; nothing relies on it
    private void spin(CompletableFuture<?> wanted, Timeout limit) {
        long last = System.nanoTime();
        while (!wanted.isDone()) {
            NonBlockingConnection current = connection;
            if (current == null) {
                return;
            }
            long now = System.nanoTime();
            lastHelp = now;
            if (poll(current)) {
                last = now;
            }
            if (limit.isOver()
                    || now - last > AnswerSpin.SPIN_NANOS
                    || Thread.currentThread().isInterrupted()) {
                return;
            }
            if (last != now) {
                Thread.yield();
            }
        }
        if (asleep.get() > 0) {
            takeOver();
        }
    }

    /** The calling thread will wait for the thread to read its answer. */
    void fallAsleep() {
        asleep.incrementAndGet();
        deliver(); // before the count, nobody had to mind this caller
        takeOver();
    }

    void wakeUp() {
        asleep.decrementAndGet();
    }

    /** Has the thread read from now on. */
    private void takeOver() {
        lastHelp = System.nanoTime() - REST_NANOS;
        if (resting) {
            LockSupport.unpark(thread);
        }
    }

    /** Reads what is there, unless somebody else does, and completes futures. */
    private boolean poll(NonBlockingConnection current) {
        if (!current.reading.tryLock()) {
            return false;
        }
        try {
            if (!current.receive()) {
                return false;
            }
            take(current);
        } catch (IOException e) {
            if (e instanceof ProtocolException) {
                LOG.report(Level.WARNING, "protocol error from the manager's server", e);
            }
            broken(current);
        } catch (Throwable e) { // no memory, say; where the stream stands is not known any more
            LOG.report(Level.WARNING, "reading answers failed; the connection is made again", e);
            broken(current);
        } finally {
            current.reading.unlock();
        }
        deliver();
        send();
        return true;
    }

    private void take(NonBlockingConnection current) throws IOException {
        while (true) {
            try {
                ByteBuffer payload = current.next();
                if (payload == null) {
                    return;
                }
                take(current.kind(), payload);
            } catch (NonBlockingConnection.TooLargeException e) {
                if (current.kind() == FrameKind.EVENT) {
                    watches.missed();
                } else {
                    failed(e.seq(), e.bytes(), e);
                }
            }
        }
    }

    private void take(FrameKind kind, ByteBuffer payload) throws IOException {
        switch (kind) {
            case RESPONSE -> {
                int bytes = payload.remaining();
                Response answer;
                try {
                    answer = Response.parseFrom(payload);
                } catch (OutOfMemoryError e) {
                    failed(NonBlockingConnection.seq(payload.rewind()), bytes, e);
                    return;
                }
                take(answer, bytes);
            }
            case EVENT -> watches.handOn(Event.parseFrom(payload));
            case REFUSED -> throw Dialer.refusal(payload);
            default -> throw new ProtocolException("unexpected: " + kind);
        }
    }

    /** An answer cannot be held here; its call fails, and no other. */
    private void failed(long seq, long bytes, Throwable cause) {
        Call call = calls.answered(seq, bytes);
        if (call != null) {
            deliveries.add(
                    () ->
                            call.reply()
                                    .fail(
                                            new ManagerException(
                                                    "this process has no memory for the answer",
                                                    cause)));
        }
    }

    private void take(Response answer, long bytes) {
        Call call = calls.answered(answer.getSeq(), bytes);
        if (call != null) {
            deliveries.add(() -> call.reply().answered(answer));
        }
    }

    /**
     * Completes what is to be completed. Should an action take long, the thread does the rest for
     * those who sleep.
     */
    private void deliver() {
        Runnable next = deliveries.poll();
        if (next == null) {
            return;
        }
        if (asleep.get() > 0 && !deliveries.isEmpty() && Thread.currentThread() != thread) {
            signal();
        }
        while (next != null) {
            try {
                next.run();
            } catch (Throwable e) { // an action's failure is its own
                LOG.report(Level.WARNING, "completing an asynchronous call failed", e);
            }
            next = deliveries.poll();
        }
    }

    /** The connection is over; the thread makes another if it is needed. */
    private void broken(NonBlockingConnection which) {
        which.close();
        signal();
    }

    // The thread.

    private void run() {
        try (Selector opened = Selector.open()) {
            selector = opened;
            while (awaitWork(null)) {
                step(opened);
            }
        } catch (IOException e) {
            giveUp(e);
        } finally {
            selector = null;
            deliver();
        }
    }

    private void giveUp(IOException cause) {
        ManagerException reason =
                new ManagerException("asynchronous calls cannot be made here", cause);
        synchronized (change) {
            closed = true;
        }
        calls.close(reason);
        fail(calls.takeAll(), reason);
    }

    /**
     * Waits until there is something to do.
     *
     * @param end after which nothing is to be done; null for never
     * @return false when this is over
     */
    private boolean awaitWork(@Nullable CompletableFuture<?> end) {
        synchronized (change) {
            while (!closed && isIdle() && (end == null || !end.isDone())) {
                try {
                    change.wait(); // for a caller
                } catch (InterruptedException e) {
                    // Somebody's code interrupts all threads it finds; this one has one thing to
                    // do.
                }
            }
            return !closed;
        }
    }

    private boolean isIdle() {
        return connection == null && calls.isEmpty() && watches.isEmpty() && deliveries.isEmpty();
    }

    private void step(Selector waiter) {
        boolean unused = Thread.interrupted(); // somebody interrupts all that he finds
        deliver();
        try {
            NonBlockingConnection current = connection;
            if (current == null || !current.isOpen()) {
                connect(current, waiter);
            } else {
                serve(current, waiter);
            }
        } catch (IOException e) {
            giveUp(e);
        } catch (ManagerUnavailableException | ManagerException | IllegalStateException e) {
            failAll(e);
        } catch (Throwable e) { // the thread goes on: others' calls need it
            LOG.report(
                    Level.WARNING,
                    "the thread of the asynchronous calls failed; their connection is made again",
                    e);
            NonBlockingConnection current = connection;
            if (current != null) {
                current.close();
            }
            failAll(new ManagerException("asynchronous calls failed in this process", e));
        }
    }

    private void serve(NonBlockingConnection current, Selector waiter) throws IOException {
        if (System.nanoTime() - lastHelp < REST_NANOS && !stuck) {
            resting = true;
            LockSupport.parkNanos(REST_NANOS);
            resting = false;
            return;
        }
        current.awaitAlsoRoom(stuck);
        int unused = waiter.select(selected -> {});
        if (stuck) {
            sendRest(current);
        }
        boolean read = poll(current);
        if (!read) {
            send();
        }
    }

    private void connect(@Nullable NonBlockingConnection before, Selector waiter)
            throws IOException {
        connection = null;
        if (before != null) {
            before.close();
            before.awaitWriter();
            int unused = waiter.selectNow(); // which forgets the closed one
        }
        if (calls.isEmpty() && watches.isEmpty()) {
            return;
        }
        NonBlockingConnection made;
        try {
            made = new NonBlockingConnection(client.dial(stream, Timeout.NEVER), waiter);
        } catch (IOException e) {
            return; // broken at once, or somebody interrupts; once more
        }
        goOn(made);
    }

    /** Sends again what the same server may have missed; what another did not get is lost. */
    private void goOn(NonBlockingConnection made) {
        boolean again = lastIncarnation != 0;
        List<Call> lost = List.of();
        if (again && lastIncarnation != made.incarnation()) {
            lost = calls.takeSent();
            for (Request.Builder request : watches.requests()) {
                boolean unused = calls.add(request, new Reply<>(this, Function.identity()));
            }
        }
        lastIncarnation = made.incarnation();
        calls.sendAgain();
        stuck = false;
        connection = made;
        fail(
                lost,
                new ManagerUnavailableException(
                        "the manager's server died during the call",
                        client.address().directory(),
                        null));
        if (again) {
            watches.missed();
        }
        if (isClosed()) {
            made.close();
        } else {
            send();
        }
    }

    private void failAll(RuntimeException reason) {
        fail(calls.takeAll(), reason);
        if (!watches.isEmpty()) {
            pause();
        }
    }

    /** Nobody waits for this: it is how soon a server that is started again is found. */
    private void pause() {
        Timeout end = Timeout.ofNanos(LOOK_AGAIN_NANOS);
        synchronized (change) {
            while (!closed && calls.isEmpty() && !end.isOver()) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(change, end.remainingNanos()); // for a caller
                } catch (InterruptedException e) {
                    // Somebody's code interrupts all threads it finds; this one has one thing to
                    // do.
                }
            }
        }
    }

    private static void fail(List<Call> lost, RuntimeException reason) {
        for (Call call : lost) {
            call.reply().fail(reason);
        }
    }
}
