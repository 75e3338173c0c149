package dev.procession.core.future;

import dev.procession.core.time.Timeout;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The source of {@code Futures.map}: results in the order of the futures, which it owns. */
public final class ResultSpliterator<R extends @Nullable Object> extends BlockingSpliterator<R> {

    /** The futures whose results are not delivered; concurrent, as any thread may close this. */
    private final Deque<Future<R>> pending;

    private final Timeout timeout;

    public ResultSpliterator(Deque<Future<R>> pending, Timeout timeout) {
        super(pending.size());
        this.pending = pending;
        this.timeout = timeout;
    }

    @Override
    boolean takeNext(Consumer<? super R> action) throws InterruptedException, TimeoutException {
        // A future stays in the deque until it is done, so that release() cancels it as well.
        Iterator<Future<R>> futures = pending.iterator();
        if (!futures.hasNext()) {
            return false;
        }
        Future<R> next = futures.next();
        R result;
        try {
            result =
                    !timeout.isLimited() || next.isDone()
                            ? next.get()
                            : next.get(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw new CompletionException(failure.getCause());
        }
        futures.remove();
        action.accept(result);
        return true;
    }

    @Override
    long unfinished() {
        return pending.stream().filter(future -> !future.isDone()).count();
    }

    @Override
    void release() {
        for (Future<R> future = pending.poll(); future != null; future = pending.poll()) {
            future.cancel(true);
        }
    }
}
