package dev.procession.manager.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Decides whether callers or the pipeline's thread read answers. The thread rests while callers
 * read that wait for an answer, and takes over when one of them falls asleep.
 */
final class ReaderTurns {

    /** How much later an answer may come that no caller waits for, while callers read. */
    private static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final PipelineState state;
    private final AtomicInteger asleep = new AtomicInteger();
    private volatile long lastHelp = System.nanoTime() - REST_NANOS;
    private volatile boolean resting;

    ReaderTurns(PipelineState state) {
        this.state = state;
    }

    /** A caller reads answers at this moment of {@link System#nanoTime}. */
    void callerReads(long now) {
        lastHelp = now;
    }

    /** Whether a caller has read a moment ago. */
    boolean callersRead() {
        return System.nanoTime() - lastHelp < REST_NANOS;
    }

    /** Lets callers read for a while, unless one wakes the thread. */
    void rest() {
        resting = true;
        LockSupport.parkNanos(REST_NANOS);
        resting = false;
    }

    /** The calling thread is about to sleep until another thread has read its answer. */
    void fallAsleep() {
        asleep.incrementAndGet();
    }

    void wakeUp() {
        asleep.decrementAndGet();
    }

    /** Whether a caller sleeps until another thread has read its answer. */
    boolean isCallerAsleep() {
        return asleep.get() > 0;
    }

    /** Has the thread read from now on. */
    void takeOver() {
        lastHelp = System.nanoTime() - REST_NANOS;
        if (resting) {
            state.unpark();
        }
    }
}
