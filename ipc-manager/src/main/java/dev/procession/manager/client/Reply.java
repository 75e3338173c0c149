package dev.procession.manager.client;

import dev.procession.core.future.LaterValue;
import dev.procession.core.time.Timeout;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of an asynchronous call's answer. A thread that waits for it, or for a dependent
 * future, reads answers itself, so that an answer does not have to hop between threads.
 *
 * <p>Who completes it by other means, by a cancellation or a time limit for example, gives the call
 * up: the server then takes back what it grants.
 */
final class Reply<T> extends CompletableFuture<T> {

    /** After so long it is tried again whether there is memory. */
    private static final long MEMORY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FutureHelp help;
    private final @Nullable AsyncCall<T> call;

    /**
     * Makes the future of an answer.
     *
     * @param call whose answer it is; null for a future that depends on another
     */
    Reply(FutureHelp help, @Nullable AsyncCall<T> call) {
        this.help = help;
        this.call = call;
    }

    /** Completes this with the server's answer. */
    void answered(T value) {
        boolean unused = super.complete(value);
    }

    /**
     * Completes this with a failure. Without memory for that it waits for some, as nothing else
     * would complete this.
     *
     * @return whether this was not complete
     */
    boolean failed(Throwable failure) {
        while (true) {
            try {
                return super.completeExceptionally(failure);
            } catch (OutOfMemoryError e) {
                if (isDone()) { // an action that depends on this has failed
                    return true;
                }
                LockSupport.parkNanos(MEMORY_NANOS);
            }
        }
    }

    /** Whether this may be completed by other means: the call is given up, or there is none. */
    private boolean isGivenUp() {
        return call == null || (!isDone() && help.giveUp(call));
    }

    @Override
    public boolean complete(T value) {
        return isGivenUp() && super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        Objects.requireNonNull(failure, "a failure");
        return isGivenUp() && failed(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        CancellationException reason = new CancellationException(); // before the call is given up
        boolean now = isGivenUp() && failed(reason);
        return now || isCancelled();
    }

    /**
     * Is refused, as by a minimal stage of the JDK: the call would neither be given up nor
     * answered.
     *
     * @throws UnsupportedOperationException unless this depends on another future
     */
    @Override
    public void obtrudeValue(T value) {
        requireNoCall();
        super.obtrudeValue(value);
    }

    /**
     * Is refused like {@link #obtrudeValue}.
     *
     * @throws UnsupportedOperationException unless this depends on another future
     */
    @Override
    public void obtrudeException(Throwable failure) {
        requireNoCall();
        super.obtrudeException(failure);
    }

    private void requireNoCall() {
        if (call != null) {
            throw new UnsupportedOperationException(
                    "the result of a call of the manager cannot be replaced; use complete,"
                            + " completeExceptionally or cancel, which withdraw the call");
        }
    }

    /** Does as the JDK's, which would complete this without giving the call up. */
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        LaterValue.complete(this, supplier, executor);
        return this;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new Reply<>(help, null);
    }

    @Override
    public T join() {
        if (isDone() || help.help(this, Timeout.NEVER, false)) {
            return super.join();
        }
        help.fallAsleep();
        try {
            return super.join();
        } finally {
            help.wakeUp();
        }
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        if (isDone() || help.help(this, Timeout.NEVER, true)) {
            return super.get();
        }
        help.fallAsleep();
        try {
            return super.get();
        } finally {
            help.wakeUp();
        }
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        Timeout limit = Timeout.ofNanos(unit.toNanos(timeout));
        if (isDone() || timeout <= 0 || help.help(this, limit, true)) {
            return super.get(timeout, unit);
        }
        help.fallAsleep();
        try {
            return super.get(limit.remainingNanos(), TimeUnit.NANOSECONDS);
        } finally {
            help.wakeUp();
        }
    }
}
