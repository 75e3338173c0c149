package dev.procession.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Measures how long this process got no processor, or was stopped. */
public final class Standstill implements AutoCloseable {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Thread thread = new Thread(null, this::measure, "standstill");
    private volatile long nanos;
    private volatile boolean closed;

    public Standstill() {
        thread.setDaemon(true);
        thread.start();
    }

    private void measure() {
        long before = System.nanoTime();
        long sum = 0;
        while (!closed) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            sum += Math.max(0, now - before - 2 * TICK_NANOS);
            nanos = sum;
            before = now;
        }
    }

    /** How long altogether, so far. */
    public long nanos() {
        return nanos;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
