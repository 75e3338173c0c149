package dev.procession.core.future;

import dev.procession.core.ReturnWhen;
import dev.procession.core.Waited;
import dev.procession.core.time.Timeout;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One call of {@code Futures.waitFor}. */
public final class FutureWait<V extends @Nullable Object> {

    private final Set<Future<V>> futures;
    private final Timeout timeout;

    public FutureWait(Set<Future<V>> futures, Timeout timeout) {
        this.futures = futures;
        this.timeout = timeout;
    }

    public Waited<V> until(ReturnWhen when) throws InterruptedException {
        switch (when) {
            case FIRST_COMPLETED -> awaitFirst(future -> true);
            case FIRST_EXCEPTION -> awaitFirst(FutureState::hasFailed);
            case ALL_COMPLETED -> awaitAll();
        }
        return snapshot();
    }

    /** Waits until a future with this property is done, or until all are. */
    private void awaitFirst(Predicate<Future<V>> wanted) throws InterruptedException {
        if (futures.stream().anyMatch(future -> future.isDone() && wanted.test(future))) {
            return;
        }
        try (Completions<V> completions = new Completions<>(futures)) {
            for (int pending = futures.size(); pending > 0; pending--) {
                if (completions.take(timeout).filter(wanted).isPresent()) {
                    return;
                }
            }
        } catch (TimeoutException expired) {
            // The result lists the others as not done.
            return;
        }
    }

    /** Waits for one future after the other, which needs no subscription. */
    private void awaitAll() throws InterruptedException {
        for (Future<V> future : futures) {
            if (!FutureState.awaitDone(future, timeout)) {
                return;
            }
        }
    }

    private Waited<V> snapshot() {
        Set<Future<V>> done = new LinkedHashSet<>();
        Set<Future<V>> notDone = new LinkedHashSet<>();
        for (Future<V> future : futures) {
            (future.isDone() ? done : notDone).add(future);
        }
        return new Waited<>(done, notDone);
    }
}
