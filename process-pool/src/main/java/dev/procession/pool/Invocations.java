package dev.procession.pool;

import dev.procession.core.Futures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code invokeAll} and {@code invokeAny}: tasks submitted together, and cancelled together. */
final class Invocations<V> {

    private final List<Future<V>> futures = new ArrayList<>();

    /** Submits all of them, or, when one is refused, none. */
    Invocations(ProcessPoolExecutor pool, Collection<? extends Callable<V>> tasks) {
        try {
            for (Callable<V> task : tasks) {
                futures.add(pool.submit(task));
            }
        } catch (RuntimeException e) {
            cancelAll();
            throw e;
        }
    }

    /** Waits for all; those that are not done in time are cancelled. */
    List<Future<V>> all(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        boolean complete = false;
        try {
            for (Future<V> future : futures) {
                try {
                    future.get(
                            Math.max(0, nanos - (System.nanoTime() - start)), TimeUnit.NANOSECONDS);
                } catch (ExecutionException | CancellationException e) {
                    // Done as well; whoever asks this future hears of it.
                }
            }
            complete = true;
        } catch (TimeoutException e) {
            return futures;
        } finally {
            if (!complete) {
                cancelAll();
            }
        }
        return futures;
    }

    /** Waits for the first that returns, and cancels the others. */
    V any(long nanos) throws InterruptedException, ExecutionException, TimeoutException {
        if (futures.isEmpty()) {
            throw new IllegalArgumentException("invokeAny needs at least one task");
        }
        ExecutionException last = null;
        Duration timeout = Duration.ofNanos(nanos);
        try (Stream<Future<V>> done = Futures.asCompleted(futures, timeout)) {
            for (Iterator<Future<V>> next = done.iterator(); next.hasNext(); ) {
                try {
                    return next.next().get();
                } catch (ExecutionException e) {
                    last = e;
                }
            }
        } catch (CompletionException e) {
            throw timedOut(e);
        } catch (CancellationException e) {
            throw interrupted(e);
        } finally {
            cancelAll();
        }
        throw failure(last);
    }

    private static TimeoutException timedOut(CompletionException e) {
        if (e.getCause() instanceof TimeoutException timeout) {
            return timeout;
        }
        throw e;
    }

    private static InterruptedException interrupted(CancellationException e) {
        if (e.getCause() instanceof InterruptedException interrupt) {
            Thread.interrupted(); // the stream has set the flag, and this exception stands for it
            return interrupt;
        }
        throw e;
    }

    private static ExecutionException failure(@Nullable ExecutionException last) {
        return last != null
                ? last
                : new ExecutionException(new IllegalStateException("all tasks were cancelled"));
    }

    private void cancelAll() {
        for (Future<V> future : futures) {
            future.cancel(true);
        }
    }
}
