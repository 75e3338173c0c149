package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import dev.procession.manager.proto.Event;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls the listeners of watches, in order, on a daemon thread of its own, which begins with the
 * first event. It keeps a bounded number of events, of bounded bytes; a listener that is too slow
 * for that gets {@code missed}.
 */
final class EventThread {

    private static final Log LOG = Log.of(EventThread.class);

    private static final int KEPT = 8192;

    /** Of the heap of a process that does other things, too. */
    private static final long KEPT_BYTES = Runtime.getRuntime().maxMemory() / 16;

    @GuardedBy("this")
    private final Queue<Task> queue = new ArrayDeque<>();

    /** Of the events in the queue. */
    @GuardedBy("this")
    private long bytes;

    /** A call of a listener, and the bytes of its event. */
    private record Task(Runnable call, long bytes) {}

    @GuardedBy("this")
    private final Set<ChangeListener> behind = new HashSet<>();

    @GuardedBy("this")
    private @Nullable Thread thread;

    @GuardedBy("this")
    private boolean closed;

    synchronized void changed(ChangeListener listener, Event event) {
        if (behind.contains(listener)) {
            return;
        }
        long more = event.getSerializedSize();
        if (queue.size() >= KEPT || (bytes > 0 && bytes + more > KEPT_BYTES)) {
            missed(listener);
        } else {
            add(new Task(() -> listener.changed(event), more));
            bytes += more; // not if there was no memory to add it
        }
    }

    /** Calls {@code missed} after the events before it; those that come until then are dropped. */
    synchronized void missed(ChangeListener listener) {
        if (!behind.contains(listener)) {
            Task task = new Task(() -> caughtUp(listener), 0);
            try {
                boolean unused = behind.add(listener);
                add(task);
            } catch (Throwable e) { // no memory; else the listener would get nothing any more
                behind.remove(listener);
                throw e;
            }
        }
    }

    private void caughtUp(ChangeListener listener) {
        synchronized (this) {
            behind.remove(listener);
        }
        listener.missed();
    }

    @GuardedBy("this")
    private void add(Task task) {
        queue.add(task);
        notifyAll(); // the thread below
        if (thread == null && !closed) {
            try {
                Thread made = new Thread(this::run, "procession-manager-events");
                made.setDaemon(true);
                made.start();
                thread = made;
            } catch (OutOfMemoryError e) { // its caller has to go on, and read answers
                LOG.report(Level.WARNING, "no thread for listeners; the next event tries again", e);
            }
        }
    }

    synchronized void close() {
        closed = true;
        notifyAll(); // the thread below
    }

    private void run() {
        while (true) {
            Task task = next();
            if (task == null) {
                return;
            }
            try {
                task.call.run();
            } catch (Throwable e) { // a listener's failure is its own
                LOG.report(Level.WARNING, "a listener of a shared dict failed", e);
            }
        }
    }

    private synchronized @Nullable Task next() {
        while (queue.isEmpty() && !closed) {
            try {
                wait(); // for an event
            } catch (InterruptedException e) {
                // A user's code may interrupt all threads; this one goes on.
            }
        }
        Task task = closed ? null : queue.poll();
        bytes -= task == null ? 0 : task.bytes;
        return task;
    }
}
