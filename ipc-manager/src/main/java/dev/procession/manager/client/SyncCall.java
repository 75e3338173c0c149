package dev.procession.manager.client;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call whose caller blocks for the answer. */
final class SyncCall extends PendingCall {

    private final Thread caller = Thread.currentThread();

    private volatile boolean done;

    /** Whether the caller is parked, or about to be; written by the caller. */
    private volatile boolean asleep;

    SyncCall(byte[] body, boolean prompt) {
        super(body, prompt);
    }

    boolean isDone() {
        return done;
    }

    /**
     * Notes that the caller sleeps from now on: it has to look at {@link #isDone} after this, and
     * before it sleeps.
     */
    void fallAsleep() {
        asleep = true;
    }

    void wakeUp() {
        asleep = false;
    }

    /** Wakes the caller, if it sleeps. */
    void unpark() {
        LockSupport.unpark(caller);
    }

    /** Returns the answer, or throws the failure, of a call that is done. */
    Answer result() {
        Supplier<RuntimeException> reason = failure();
        if (reason != null) {
            throw reason.get();
        }
        return requireNonNull(answer());
    }

    @Override
    void handOver() {
        done = true;
        if (asleep && Thread.currentThread() != caller) {
            unpark();
        }
    }

    @Override
    boolean isOf(@Nullable Thread thread) {
        return caller == thread;
    }

    @Override
    boolean runsActions() {
        return false;
    }
}
