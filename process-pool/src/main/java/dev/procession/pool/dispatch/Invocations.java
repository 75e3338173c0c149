package dev.procession.pool.dispatch;

import dev.procession.core.Futures;
import dev.procession.core.time.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code invokeAll} and {@code invokeAny}: tasks submitted together, and cancelled together. */
public final class Invocations<V> {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final TaskSubmitter pool;
    private final Collection<? extends Callable<V>> tasks;
    private final Timeout timeout;
    private final List<Future<V>> futures = new ArrayList<>();
    private volatile boolean anyReturned;

    /** Submits nothing yet. */
    public Invocations(
            TaskSubmitter pool, Collection<? extends Callable<V>> tasks, Timeout timeout) {
        this.pool = pool;
        this.tasks = tasks;
        this.timeout = timeout;
    }

    /**
     * Submits all and waits for all; those that are not done in time are cancelled, also those for
     * which there was no room until then. When one is refused, none is run.
     */
    public List<Future<V>> all() throws InterruptedException {
        boolean complete = false;
        try {
            for (Callable<V> task : tasks) {
                futures.add(submitOrGiveUp(task));
            }
            for (Future<V> future : futures) {
                await(future);
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

    private Future<V> submitOrGiveUp(Callable<V> task) throws InterruptedException {
        Objects.requireNonNull(task, "task");
        CompletableFuture<V> future = submit(task, timeout.remainingNanos());
        if (future != null) {
            return future;
        }
        CompletableFuture<V> never = new CompletableFuture<>();
        never.cancel(false);
        return never;
    }

    /** Null when the time is over before there is room. */
    private @Nullable CompletableFuture<V> submit(Callable<V> task, long remainingNanos)
            throws InterruptedException {
        if (remainingNanos == 0) {
            return null;
        }
        CompletableFuture<V> future = pool.submitWithin(task, pool.rejects() ? 0 : remainingNanos);
        if (future == null && pool.rejects()) {
            throw pool.full();
        }
        return future;
    }

    private void await(Future<V> future) throws InterruptedException, TimeoutException {
        try {
            if (timeout.isLimited()) {
                Object unused = future.get(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
            } else {
                Object unused = future.get(); // decodes it here
            }
        } catch (ExecutionException | CancellationException e) {
            // It is done as well; its future has the failure.
        }
    }

    /** Submits all and waits for the first that returns, and cancels the others. */
    public V any() throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("invokeAny needs at least one task");
        }
        try {
            for (Iterator<? extends Callable<V>> next = tasks.iterator();
                    next.hasNext() && !anyReturned; ) {
                addUnlessReturned(Objects.requireNonNull(next.next(), "task"));
            }
            return firstReturned();
        } finally {
            cancelAll();
        }
    }

    /** Submits a task, but waits for room no longer than until one that was submitted returns. */
    private void addUnlessReturned(Callable<V> task) throws InterruptedException, TimeoutException {
        CompletableFuture<V> future = null;
        while (future == null && !anyReturned) {
            long remainingNanos = timeout.remainingNanos();
            if (remainingNanos == 0) {
                throw new TimeoutException("no room in time: submitted=" + futures.size());
            }
            long look = Math.min(remainingNanos, POLL_NANOS);
            if (pool.rejects() || pool.awaitRoom(look)) {
                future = submit(task, look);
            }
        }
        if (future != null) {
            CompletableFuture<?> unused =
                    future.whenComplete(
                            (value, thrown) -> {
                                if (thrown == null) { // nothing takes it back
                                    anyReturned = true;
                                }
                            });
            futures.add(future);
        }
    }

    private V firstReturned() throws InterruptedException, ExecutionException, TimeoutException {
        ExecutionException last = null;
        Duration remaining = Duration.ofNanos(timeout.remainingNanos());
        try (Stream<Future<V>> done = Futures.asCompleted(futures, remaining)) {
            for (Iterator<Future<V>> next = done.iterator(); next.hasNext(); ) {
                try {
                    return value(next.next());
                } catch (ExecutionException e) {
                    last = e;
                }
            }
        } catch (CompletionException e) {
            throw timedOut(e);
        } catch (CancellationException e) {
            throw interrupted(e);
        }
        throw failure(last);
    }

    /** What a future that is done has; a cancelled one is one more that has failed. */
    private V value(Future<V> future) throws InterruptedException, ExecutionException {
        try {
            return future.get();
        } catch (CancellationException e) {
            throw new ExecutionException(e);
        }
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
