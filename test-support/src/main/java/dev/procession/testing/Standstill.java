package dev.procession.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long this process got no processor or was stopped. A standstill counts while it
 * lasts too, so the result does not depend on which thread runs first after it.
 */
public final class Standstill implements AutoCloseable {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** The sum at an instant; one object, so that a thread reads both together. */
    private record Reading(long sum, long at) {

        Reading next(long now) {
            return new Reading(sum + Math.max(0, now - at - 2 * TICK_NANOS), now);
        }
    }

    private final Thread thread = new Thread(null, this::measure, "standstill");
    private volatile Reading reading = new Reading(0, System.nanoTime());
    private volatile boolean closed;

    public Standstill() {
        thread.setDaemon(true);
        thread.start();
    }

    private void measure() {
        Reading last = reading;
        while (!closed) {
            LockSupport.parkNanos(TICK_NANOS);
            last = last.next(System.nanoTime());
            reading = last;
        }
    }

    /** The sum of all standstills so far. */
    public long nanos() {
        return reading.next(System.nanoTime()).sum();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
