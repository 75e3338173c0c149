package dev.procession.core.future;

import dev.procession.core.time.Timeout;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The source of {@code Futures.asCompleted}; it subscribes when its first element is requested. */
public final class CompletionSpliterator<V extends @Nullable Object>
        extends BlockingSpliterator<Future<V>> {

    private final Set<Future<V>> futures;
    private final Timeout timeout;
    private @Nullable Completions<V> completions;
    private boolean released;

    public CompletionSpliterator(Set<Future<V>> futures, Timeout timeout) {
        super(futures.size());
        this.futures = futures;
        this.timeout = timeout;
    }

    @Override
    boolean takeNext(Consumer<? super Future<V>> action)
            throws InterruptedException, TimeoutException {
        Optional<Future<V>> next = completions().take(timeout);
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
