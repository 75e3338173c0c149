package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the server of requests that their callers gave up, so that none is granted to nobody: the
 * time was over or the caller interrupted while the server stood still, or the call failed. A
 * daemon thread tries until the server has understood or is dead; it begins with the first such
 * request and ends with the last.
 */
final class Withdrawals {

    private static final long RETRY_MILLIS = 100;

    private final ManagerClient client;

    @GuardedBy("this")
    private final Deque<SyncLane> lanes = new ArrayDeque<>();

    @GuardedBy("this")
    private @Nullable Thread thread;

    @GuardedBy("this")
    private boolean closed;

    Withdrawals(ManagerClient client) {
        this.client = client;
    }

    synchronized void add(SyncLane lane) {
        lanes.add(lane);
        if (thread == null && !closed) {
            thread = new Thread(this::run, "procession-manager-withdrawals");
            thread.setDaemon(true);
            thread.start();
        }
    }

    synchronized void close() {
        closed = true;
        notifyAll(); // the thread below
    }

    private void run() {
        SyncLane lane;
        while ((lane = next()) != null) {
            boolean done = true;
            try {
                done = withdraw(lane);
            } catch (Throwable e) { // the next one is withdrawn all the same
                System.getLogger(Withdrawals.class.getName())
                        .log(Level.WARNING, "a request that was given up stays in the server", e);
            }
            if (done) {
                client.withdrawn(lane);
            } else {
                tryAgainLater(lane);
            }
        }
    }

    private synchronized @Nullable SyncLane next() {
        SyncLane lane = closed ? null : lanes.poll();
        if (lane == null) {
            thread = null;
        }
        return lane;
    }

    /** False if the server could not be told. */
    private boolean withdraw(SyncLane lane) {
        try {
            lane.withdraw();
            return true;
        } catch (ManagerUnavailableException e) {
            return client.serverIsDead(); // and with it everything that it granted
        } catch (IOException | ManagerException e) {
            return false; // the connection broke, or there are too many now
        } catch (IllegalStateException e) {
            return true; // the client is closed
        }
    }

    private synchronized void tryAgainLater(SyncLane lane) {
        lanes.addFirst(lane);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
        long rest = end - System.nanoTime();
        while (!closed && rest > 0) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, rest); // for the client's end
            } catch (InterruptedException e) {
                // Somebody's code interrupts all threads it finds; this one has one thing to do.
            }
            rest = end - System.nanoTime();
        }
    }
}
