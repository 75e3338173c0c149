package dev.procession.core;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The source of {@link Futures#asCompleted}; it watches from when it is first asked for one. */
final class CompletionSpliterator<V extends @Nullable Object>
        extends BlockingSpliterator<Future<V>> {

    private final Set<Future<V>> futures;
    private final Deadline deadline;
    private @Nullable Completions<V> completions;
    private boolean released;

    CompletionSpliterator(Set<Future<V>> futures, Deadline deadline) {
        super(futures.size());
        this.futures = futures;
        this.deadline = deadline;
    }

    @Override
    boolean takeNext(Consumer<? super Future<V>> action)
            throws InterruptedException, TimeoutException {
        Optional<Future<V>> next = completions().take(deadline);
        next.ifPresent(action);
        return next.isPresent();
    }

    private synchronized Completions<V> completions() {
        if (completions == null) {
            completions = new Completions<>(futures);
            if (released) {
                completions.close();
            }
        }
        return completions;
    }

    @Override
    long unfinished() {
        return futures.stream().filter(future -> !future.isDone()).count();
    }

    @Override
    synchronized void release() {
        released = true;
        if (completions != null) {
            completions.close();
        }
    }

    @Override
    public int characteristics() {
        return super.characteristics() | DISTINCT | NONNULL;
    }
}
