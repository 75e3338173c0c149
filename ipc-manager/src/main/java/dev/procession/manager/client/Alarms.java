package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections at which a thread waits longer than it wants to, so that a call ends in its
 * time whatever the server does. Its thread begins with the first such wait and goes when none is
 * left for a while.
 *
 * <p>The thread sleeps until the earliest time that it knew when it fell asleep. Only an earlier
 * one wakes it, so that calls with equal limits, one after the other, do not wake it once each.
 */
final class Alarms {

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    @GuardedBy("this")
    private final Set<Alarm> pending = new HashSet<>();

    @GuardedBy("this")
    private @Nullable Thread thread;

    /** Until when the thread sleeps. */
    @GuardedBy("this")
    private long wakesAt;

    @GuardedBy("this")
    private boolean closed;

    /** The end of one wait. */
    final class Alarm {

        private final SocketChannel channel;
        private final long time;

        private Alarm(SocketChannel channel, long time) {
            this.channel = channel;
            this.time = time;
        }

        /** The wait is over; its connection stays. */
        void cancel() {
            synchronized (Alarms.this) {
                pending.remove(this);
            }
        }
    }

    /**
     * Closes a connection at a time of {@link System#nanoTime}, unless it is cancelled before; at
     * once if the client is closed.
     */
    Alarm closeAt(SocketChannel channel, long time) {
        Alarm alarm = new Alarm(channel, time);
        if (!isSet(alarm)) {
            Wire.close(channel);
        }
        return alarm;
    }

    private synchronized boolean isSet(Alarm alarm) {
        if (closed) {
            return false;
        }
        if (thread == null) {
            Thread made = new Thread(this::run, "procession-manager-alarms");
            made.setDaemon(true);
            made.start(); // when there is none to be had, the call fails
            thread = made;
            wakesAt = alarm.time;
        } else if (alarm.time - wakesAt < 0) {
            notifyAll(); // the thread, which sleeps too long
        }
        pending.add(alarm);
        return true;
    }

    private void run() {
        List<Alarm> due = awaitDue();
        while (!due.isEmpty()) {
            due.forEach(alarm -> Wire.close(alarm.channel));
            due = awaitDue();
        }
    }

    /** Waits for alarms whose time has come; empty when the thread is to end. */
    private synchronized List<Alarm> awaitDue() {
        boolean idle = false;
        while (!closed) {
            long now = System.nanoTime();
            List<Alarm> due = takeDue(now);
            if (!due.isEmpty()) {
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
        return List.of();
    }

    @GuardedBy("this")
    private List<Alarm> takeDue(long now) {
        List<Alarm> due = new ArrayList<>();
        for (Iterator<Alarm> i = pending.iterator(); i.hasNext(); ) {
            Alarm alarm = i.next();
            if (alarm.time - now <= 0) {
                i.remove();
                due.add(alarm);
            }
        }
        return due;
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
            // Somebody's code interrupts all threads it finds; this one has one thing to do.
        }
    }

    /** Ends all waits, and those that begin from now on. */
    void close() {
        List<Alarm> rest;
        synchronized (this) {
            closed = true;
            rest = new ArrayList<>(pending);
            pending.clear();
            notifyAll(); // the thread, to end
        }
        rest.forEach(alarm -> Wire.close(alarm.channel));
    }
}
