package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends waits that last longer than their callers want, by closing their connections, so that a call
 * ends in its time whatever the server does. Its thread begins with the first such wait, and ends
 * when there was none for a while.
 *
 * <p>The thread sleeps until the earliest end that it knew when it fell asleep. Only an earlier one
 * wakes it, so that calls with equal limits, one after the other, do not wake it once each.
 */
final class Alarms {

    private static final Log LOG = Log.of(Alarms.class);

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    @GuardedBy("this")
    private final Set<Alarm> pending = new HashSet<>();

    @GuardedBy("this")
    private @Nullable Thread thread;

    /** When the thread wakes up. */
    @GuardedBy("this")
    private long wakesAt;

    @GuardedBy("this")
    private boolean closed;

    /** The planned end of one wait. */
    final class Alarm {

        private final Runnable end;
        private final long time;

        private Alarm(Runnable end, long time) {
            this.end = end;
            this.time = time;
        }

        /** Takes the end back: the wait is over. */
        void cancel() {
            synchronized (Alarms.this) {
                pending.remove(this);
            }
        }
    }

    /**
     * Plans the end of a wait.
     *
     * @param end runs at the time unless the alarm is cancelled before; at once if this is closed
     * @param time by {@link System#nanoTime}
     */
    Alarm set(Runnable end, long time) {
        Alarm alarm = new Alarm(end, time);
        if (!isSet(alarm)) {
            end.run();
        }
        return alarm;
    }

    /**
     * Runs a short task at a time, for a caller that can start no thread.
     *
     * @return false if there is no thread here either
     */
    synchronized boolean runAt(Runnable task, long time) {
        return thread != null && isSet(new Alarm(task, time));
    }

    private synchronized boolean isSet(Alarm alarm) {
        if (closed) {
            return false;
        }
        if (thread == null) {
            Thread made = new Thread(this::run, "procession-manager-alarms");
            made.setDaemon(true);
            made.start(); // if there is none, the call fails
            thread = made;
            wakesAt = alarm.time;
        } else if (alarm.time - wakesAt < 0) {
            notifyAll(); // the thread, which would sleep too long
        }
        pending.add(alarm);
        return true;
    }

    private void run() {
        boolean over = false;
        while (!over) {
            try {
                Alarm due = awaitDue();
                if (due == null) {
                    over = true;
                } else {
                    due.end.run();
                }
            } catch (Throwable e) { // for example no memory; the other waits must end in their time
                failed(e);
            }
        }
    }

    private static void failed(Throwable cause) {
        LOG.report(Level.WARNING, "an action of a time limit failed", cause);
        LockSupport.parkNanos(REST_NANOS); // a pause, as memory may be short
    }

    /** Waits for an alarm whose time has come; returns null when the thread has to end. */
    private synchronized @Nullable Alarm awaitDue() {
        boolean idle = false;
        while (!closed) {
            long now = System.nanoTime();
            Alarm due = takeDue(now);
            if (due != null) {
                return due;
            }
            if (idle && pending.isEmpty() && wakesAt - now <= 0) {
                break;
            }
            idle = pending.isEmpty();
            wakesAt = earliest(now + IDLE_NANOS);
            sleep(wakesAt - now);
        }
        thread = null;
        return null;
    }

    /** Takes one alarm at a time, so that none is lost if there is no memory for a list of them. */
    @GuardedBy("this")
    private @Nullable Alarm takeDue(long now) {
        for (Iterator<Alarm> i = pending.iterator(); i.hasNext(); ) {
            Alarm alarm = i.next();
            if (alarm.time - now <= 0) {
                i.remove();
                return alarm;
            }
        }
        return null;
    }

    @GuardedBy("this")
    private long earliest(long latest) {
        long earliest = latest;
        for (Alarm alarm : pending) {
            if (alarm.time - earliest < 0) {
                earliest = alarm.time;
            }
        }
        return earliest;
    }

    @GuardedBy("this")
    private void sleep(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos); // for an earlier alarm, or the end
        } catch (InterruptedException e) {
            // A user's code may interrupt all threads; this one goes on.
        }
    }

    /** Ends all waits now, and later ones as they begin. */
    void close() {
        List<Alarm> rest;
        synchronized (this) {
            closed = true;
            rest = new ArrayList<>(pending);
            pending.clear();
            notifyAll(); // the thread, to end
        }
        rest.forEach(alarm -> alarm.end.run());
    }
}
