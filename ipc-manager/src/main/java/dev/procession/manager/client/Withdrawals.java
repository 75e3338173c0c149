package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Withdraws requests that their callers gave up, so that the server does not grant them: the time
 * was over or the caller interrupted while the server stood still, or the call failed. A daemon
 * thread tries until the server has confirmed or is dead; it begins with the first such request and
 * ends with the last. If it cannot be started, the thread of the alarms tries to start it, and so
 * does the next call.
 */
final class Withdrawals {

    private static final Log LOG = Log.of(Withdrawals.class);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerAccess access;
    private final Consumer<SyncStream> withdrawn;

    @GuardedBy("this")
    private final Deque<SyncStream> streams = new ArrayDeque<>();

    @GuardedBy("this")
    private @Nullable Thread thread;

    @GuardedBy("this")
    private boolean closed;

    @GuardedBy("this")
    private boolean warned;

    /** The thread of the alarms is going to try to start the thread. */
    @GuardedBy("this")
    private boolean trying;

    /** There are streams to withdraw, and no thread. */
    private volatile boolean threadWanted;

    /**
     * Has nothing to withdraw yet.
     *
     * @param withdrawn called with a stream whose request the server has withdrawn
     */
    Withdrawals(ServerAccess access, Consumer<SyncStream> withdrawn) {
        this.access = access;
        this.withdrawn = withdrawn;
    }

    synchronized void add(SyncStream stream) {
        streams.add(stream);
        if (thread == null && !closed) {
            begin();
        }
    }

    /** Starts the thread if it could not be started before. */
    void startIfWanted() {
        if (threadWanted) {
            synchronized (this) {
                if (threadWanted && !closed) {
                    begin();
                }
            }
        }
    }

    @GuardedBy("this")
    private void begin() {
        Thread made = new Thread(this::run, "procession-manager-withdrawals");
        made.setDaemon(true);
        threadWanted = true;
        try {
            made.start();
        } catch (OutOfMemoryError e) { // the caller must not lose its own result for that
            tryAgainSoon(); // this process may not make another call for long
            warn("no thread to withdraw a request that was given up; it is tried again", e);
            return;
        }
        thread = made;
        threadWanted = false;
    }

    @GuardedBy("this")
    private void tryAgainSoon() {
        if (trying) {
            return;
        }
        try {
            long time = System.nanoTime() + RETRY_NANOS;
            trying = access.runAt(this::tryAgain, time);
        } catch (OutOfMemoryError e) {
            // The next call tries again.
        }
    }

    private void tryAgain() {
        synchronized (this) {
            trying = false;
        }
        startIfWanted();
    }

    @GuardedBy("this")
    private void warn(String what, Throwable cause) {
        try {
            LOG.log(warned ? Level.DEBUG : Level.WARNING, what, cause);
            warned = true;
        } catch (Throwable e) {
            // The JDK's logger opens files at its first use, and fails for the same reason.
        }
    }

    synchronized void close() {
        closed = true;
        notifyAll(); // the thread below
    }

    private void run() {
        SyncStream stream;
        while ((stream = next()) != null) {
            if (isWithdrawn(stream)) {
                withdrawn.accept(stream);
            } else {
                tryAgainLater(stream);
            }
        }
    }

    private synchronized @Nullable SyncStream next() {
        SyncStream stream = closed ? null : streams.poll();
        if (stream == null) {
            thread = null;
        }
        return stream;
    }

    /** Returns false if the server could not be reached. */
    private boolean isWithdrawn(SyncStream stream) {
        try {
            return withdraw(stream);
        } catch (Throwable e) { // for example no descriptor or no memory; there may be some later
            synchronized (this) {
                warn("a request that was given up is in the server still; it is tried again", e);
            }
            return false;
        }
    }

    private boolean withdraw(SyncStream stream) {
        try {
            stream.withdraw();
            return true;
        } catch (ManagerUnavailableException e) {
            return access.serverIsDead(); // its death takes back everything that it granted
        } catch (IOException | ManagerException e) {
            return false; // the connection broke, or the server has too many now
        } catch (IllegalStateException e) {
            if (access.isClosed()) {
                return true;
            }
            throw e;
        }
    }

    /** Puts a stream behind the others, and waits a little. */
    private synchronized void tryAgainLater(SyncStream stream) {
        streams.addLast(stream);
        Timeout end = Timeout.ofNanos(RETRY_NANOS);
        while (!closed && !end.isOver()) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, end.remainingNanos()); // for the client's end
            } catch (InterruptedException e) {
                // A user's code may interrupt all threads; this one goes on.
            }
        }
    }
}
