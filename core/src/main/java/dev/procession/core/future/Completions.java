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
 * The given futures in the order in which they are done, those that already are first.
 *
 * <p>Watching begins with the constructor and ends with {@link #close}, which any thread may call
 * and which ends a {@link #take} that blocks.
 */
final class Completions<V extends @Nullable Object> implements AutoCloseable {

    /** An empty entry says that there will be no more. */
    private final BlockingQueue<Optional<Future<V>>> done = new LinkedBlockingQueue<>();

    private final List<Subscription> watches = new ArrayList<>();

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
                watches.add(Subscription.on(future, () -> done.add(Optional.of(future))));
            }
        } catch (RuntimeException | Error failure) {
            close(); // say, no more threads
            throw failure;
        }
    }

    /**
     * Blocks until another future is done and takes it.
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
        watches.forEach(Subscription::end);
        done.add(Optional.empty());
    }
}
