package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.wire.ProtocolException;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lane of the calls that nobody waits for: many are under way at once, and what was asked while
 * the writer was busy goes out together.
 *
 * <p>Two daemon threads, both of which nobody interrupts: the writer, which also connects, and the
 * reader, which completes futures and hands on events. When the connection breaks, everything that
 * has no answer yet is sent again in order; the server does nothing twice. At most {@link #WINDOW}
 * calls are under way; who asks for more waits.
 */
public final class Pipeline {

    /** Calls under way at most. */
    public static final int WINDOW = 4096;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ManagerClient client;
    private final long lane;
    private final Object lock = new Object();
    private final EventThread events = new EventThread();

    @GuardedBy("lock")
    private final Deque<Call> unsent = new ArrayDeque<>();

    /** In the order of their numbers. */
    @GuardedBy("lock")
    private final Map<Long, Call> outstanding = new LinkedHashMap<>();

    @GuardedBy("lock")
    private final Map<Long, Watching> watches = new LinkedHashMap<>();

    @GuardedBy("lock")
    private @Nullable Wire wire;

    @GuardedBy("lock")
    private boolean writerWaits;

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private long seq;

    @GuardedBy("lock")
    private long nextWatch;

    @GuardedBy("lock")
    private long lastIncarnation;

    private volatile @Nullable Thread reader;

    /** Hears of changes. */
    public interface EventListener {
        /** An entry has changed. */
        void changed(Event event);

        /** Changes may have been missed: the connection was broken, or the listener too slow. */
        void missed();
    }

    private record Call(Request request, CompletableFuture<Response> future) {}

    record Watching(Request.Builder request, EventListener listener) {}

    Pipeline(ManagerClient client, long lane) {
        this.client = client;
        this.lane = lane;
        start(this::write, "procession-manager-writer");
    }

    private static Thread start(Runnable body, String name) {
        Thread thread = new Thread(null, body, name, 1 << 18);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    CompletableFuture<Response> submit(Request.Builder request) {
        CompletableFuture<Response> future = new CompletableFuture<>();
        boolean interrupted = false;
        synchronized (lock) {
            while (outstanding.size() >= WINDOW && Thread.currentThread() != reader && !closed) {
                try {
                    lock.wait(); // for the reader, which makes room
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (closed) {
                future.completeExceptionally(new IllegalStateException("the manager is closed"));
            } else {
                enqueue(request, future);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return future;
    }

    @GuardedBy("lock")
    private void enqueue(Request.Builder builder, CompletableFuture<Response> future) {
        long oldest = outstanding.isEmpty() ? seq : outstanding.keySet().iterator().next() - 1;
        Request request = builder.setReceived(oldest).setSeq(++seq).build();
        Call call = new Call(request, future);
        outstanding.put(seq, call);
        unsent.add(call);
        if (writerWaits) {
            lock.notifyAll();
        }
    }

    long watch(Request.Builder request, EventListener listener) {
        CompletableFuture<Response> begun;
        long watch;
        synchronized (lock) {
            watch = ++nextWatch;
            request.setVersion(watch);
            watches.put(watch, new Watching(request.clone(), listener));
        }
        begun = submit(request);
        Futures.await(begun);
        return watch;
    }

    void unwatch(long watch) {
        Watching watching;
        synchronized (lock) {
            watching = watches.remove(watch);
        }
        if (watching != null) {
            Futures.await(submit(watching.request().clone().setOperation(Operation.UNWATCH)));
        }
    }

    /** Breaks the connection, as a fault would. */
    void drop() {
        synchronized (lock) {
            if (wire != null) {
                wire.close();
            }
        }
    }

    void close() {
        List<Call> lost;
        synchronized (lock) {
            closed = true;
            lost = takeAll();
            if (wire != null) {
                wire.close();
            }
            lock.notifyAll();
        }
        fail(lost, new IllegalStateException("the manager was closed"));
        events.close();
    }

    private void write() {
        List<Call> batch = new ArrayList<>();
        while (true) {
            Wire current = null;
            try {
                current = nextBatch(batch);
                if (current == null) {
                    return;
                }
                for (Call call : batch) {
                    client.requireFits(call.request(), current.maxBytes());
                    current.append(FrameKind.REQUEST, call.request());
                }
                current.flush();
            } catch (IllegalArgumentException tooLarge) {
                refuse(batch, current, tooLarge);
            } catch (IOException e) {
                broken(current);
            } catch (ManagerUnavailableException | ManagerException | IllegalStateException e) {
                failAll(e);
            }
            batch.clear();
        }
    }

    /** Fails those that are too large; a frame half written is none, so the rest starts afresh. */
    private void refuse(Collection<Call> batch, @Nullable Wire current, RuntimeException reason) {
        long limit = current == null ? 0 : current.maxBytes();
        for (Call call : batch) {
            if (call.request().getSerializedSize() > limit) {
                synchronized (lock) {
                    outstanding.remove(call.request().getSeq());
                }
                call.future().completeExceptionally(reason);
            }
        }
        broken(current);
    }

    /** Waits for something to write; null when this is over. */
    private @Nullable Wire nextBatch(List<Call> batch) throws IOException {
        synchronized (lock) {
            while (true) {
                if (closed) {
                    return null;
                }
                boolean wanted = !outstanding.isEmpty() || !watches.isEmpty();
                if (wire == null && wanted) {
                    break;
                }
                if (wire != null && !unsent.isEmpty()) {
                    batch.addAll(unsent);
                    unsent.clear();
                    return wire;
                }
                writerWaits = true;
                try {
                    lock.wait(); // for a caller, or for the reader that lost the connection
                } catch (InterruptedException e) {
                    // Somebody's code interrupts all threads it finds; this one has one thing to
                    // do.
                }
                writerWaits = false;
            }
        }
        return reconnect(batch);
    }

    private Wire reconnect(List<Call> batch) throws IOException {
        Wire made = client.dial(lane);
        List<Call> lost = new ArrayList<>();
        List<EventListener> listeners = new ArrayList<>();
        synchronized (lock) {
            boolean another = lastIncarnation != 0 && lastIncarnation != made.incarnation();
            boolean again = lastIncarnation != 0;
            lastIncarnation = made.incarnation();
            if (another) {
                lost.addAll(takeSent());
                for (Watching watching : watches.values()) {
                    enqueue(watching.request().clone(), new CompletableFuture<>());
                }
            }
            if (again) {
                watches.values().forEach(watching -> listeners.add(watching.listener()));
            }
            unsent.clear();
            batch.addAll(outstanding.values());
            wire = made;
            lock.notifyAll();
        }
        reader = start(() -> read(made), "procession-manager-reader");
        fail(
                lost,
                new ManagerUnavailableException(
                        "the manager's server died during the call",
                        client.address().directory(),
                        null));
        listeners.forEach(events::missed);
        return made;
    }

    /** Calls that the server before may have carried out. */
    @GuardedBy("lock")
    private List<Call> takeSent() {
        List<Call> sent = new ArrayList<>(outstanding.values());
        sent.removeAll(unsent);
        sent.forEach(call -> outstanding.remove(call.request().getSeq()));
        return sent;
    }

    private void read(Wire from) {
        try {
            while (true) {
                ByteBuffer payload = from.read();
                switch (from.kind()) {
                    case RESPONSE -> complete(Response.parseFrom(payload));
                    case EVENT -> handOn(Event.parseFrom(payload));
                    case REFUSED -> throw Dialer.refusal(payload);
                    default -> throw new ProtocolException("unexpected: " + from.kind());
                }
            }
        } catch (IOException e) {
            broken(from);
        }
    }

    private void complete(Response response) {
        Call call;
        synchronized (lock) {
            boolean full = outstanding.size() >= WINDOW;
            call = outstanding.remove(response.getSeq());
            if (full) {
                lock.notifyAll(); // callers that wait for room
            }
        }
        if (call != null) {
            try {
                call.future().complete(ManagerClient.checked(response));
            } catch (RuntimeException refused) {
                call.future().completeExceptionally(refused);
            }
        }
    }

    private void handOn(Event event) {
        Watching watching;
        synchronized (lock) {
            watching = watches.get(event.getWatch());
        }
        if (watching != null) {
            events.changed(watching.listener(), event);
        }
    }

    /** The connection is over; the writer makes another if it is needed. */
    private void broken(@Nullable Wire which) {
        if (which != null) {
            which.close();
            synchronized (lock) {
                if (wire == which) {
                    wire = null;
                    lock.notifyAll(); // the writer
                }
            }
        }
    }

    private void failAll(RuntimeException reason) {
        List<Call> lost;
        boolean watched;
        synchronized (lock) {
            lost = takeAll();
            watched = !watches.isEmpty();
        }
        fail(lost, reason);
        if (watched) {
            pause();
        }
    }

    /** Nobody waits for this: it is how soon a server that is started again is found. */
    private void pause() {
        long end = System.nanoTime() + LOOK_AGAIN_NANOS;
        synchronized (lock) {
            long rest = LOOK_AGAIN_NANOS;
            while (!closed && outstanding.isEmpty() && rest > 0) {
                writerWaits = true;
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, rest); // for a caller
                } catch (InterruptedException e) {
                    // Somebody's code interrupts all threads it finds; this one has one thing to
                    // do.
                }
                writerWaits = false;
                rest = end - System.nanoTime();
            }
        }
    }

    @GuardedBy("lock")
    private List<Call> takeAll() {
        List<Call> all = new ArrayList<>(outstanding.values());
        outstanding.clear();
        unsent.clear();
        lock.notifyAll(); // callers that wait for room
        return all;
    }

    private static void fail(List<Call> calls, RuntimeException reason) {
        for (Call call : calls) {
            call.future().completeExceptionally(reason);
        }
    }
}
