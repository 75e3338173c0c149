package dev.procession.core.future;

import dev.procession.core.time.Timeout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The given futures in the order in which they complete, those that are done already first.
 *
 * <p>The constructor subscribes to the futures; {@link #close}, which any thread may call, ends the
 * subscriptions and a blocked {@link #take}.
 */
final class Completions<V extends @Nullable Object> implements AutoCloseable {

    /** The completed futures; an empty entry marks the end. */
    private final BlockingQueue<Optional<Future<V>>> done = new LinkedBlockingQueue<>();

    private final List<Subscription> subscriptions = new ArrayList<>();

    Completions(Set<Future<V>> futures) {
        List<Future<V>> pending = new ArrayList<>(futures.size());
        for (Future<V> future : futures) {
            if (future.isDone()) {
                done.add(Optional.of(future));
            } else {
                pending.add(future);
            }
        }
        try {
            for (Future<V> future : pending) {
                subscriptions.add(Subscription.on(future, () -> done.add(Optional.of(future))));
            }
        } catch (RuntimeException | Error failure) {
            close(); // for example when no thread can be created
            throw failure;
        }
    }

    /**
     * Blocks until another future is done, and removes it.
     *
     * @return the future, or empty once this is closed
     */
    Optional<Future<V>> take(Timeout timeout) throws InterruptedException, TimeoutException {
        Optional<Future<V>> next = done.poll();
        if (next == null) {
            next = done.poll(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
        }
        if (next == null) {
            throw new TimeoutException();
        }
        return next;
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::end);
        done.add(Optional.empty());
    }
}
