package dev.procession.manager.client;

import dev.procession.core.time.Timeout;
import dev.procession.manager.proto.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answer of an asynchronous call. A thread that waits for it, or for a dependent future, reads
 * the pipeline's answers itself, so that an answer does not have to hop between threads.
 */
final class Reply<T> extends CompletableFuture<T> {

    private final AnswerHelp help;
    private final @Nullable Function<Response, T> decoder;

    /**
     * Makes the future of an answer.
     *
     * @param decoder makes the value of the answer; null for a future that depends on another
     */
    Reply(AnswerHelp help, @Nullable Function<Response, T> decoder) {
        this.help = help;
        this.decoder = decoder;
    }

    /** Completes this with the server's answer. */
    @SuppressWarnings("CatchingUnchecked") // anything that decoding throws is this future's failure
    void answered(Response response) {
        if (decoder == null) {
            throw new IllegalStateException("only a call is answered");
        }
        try {
            complete(decoder.apply(CallStatus.checked(response)));
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    void fail(Throwable failure) {
        completeExceptionally(failure);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new Reply<>(help, null);
    }

    @Override
    public T join() {
        if (isDone() || help.help(this, Timeout.NEVER)) {
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
        if (isDone() || help.help(this, Timeout.NEVER)) {
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
        if (isDone() || timeout <= 0 || help.help(this, limit)) {
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
