package dev.procession.pool;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What became of one item of {@link TaskExecutor#mapOutcomes}: the value that the function
 * returned, or the failure. Immutable, as far as the value is.
 *
 * <pre>{@code
 * pool.mapOutcomes(Parser::parse, files).forEach(outcome -> {
 *     if (outcome.isSuccess()) {
 *         index(outcome.value());
 *     } else {
 *         report(files.get((int) outcome.index()), outcome.failure().orElseThrow());
 *     }
 * });
 * }</pre>
 *
 * @param <R> the results' type
 */
public final class Outcome<R extends @Nullable Object> {

    private final long index;
    private final R value;
    private final @Nullable Throwable failure;

    /**
     * Made by an executor.
     *
     * @param index the item's place among the items
     * @param value what the function returned; null if it failed
     * @param failure why there is no value; null if there is one
     */
    Outcome(long index, R value, @Nullable Throwable failure) {
        this.index = index;
        this.value = value;
        this.failure = failure;
    }

    /**
     * Returns which item it is.
     *
     * @return its place among the items, from 0
     */
    public long index() {
        return index;
    }

    /**
     * Returns whether there is a value.
     *
     * @return false if there is a failure
     */
    public boolean isSuccess() {
        return failure == null;
    }

    /**
     * Returns what the function returned for the item.
     *
     * @return the value, which may be null
     * @throws CompletionException if the item failed, with the {@linkplain #failure failure} as its
     *     cause
     */
    public R value() {
        if (failure != null) {
            throw new CompletionException("item " + index + " failed: " + failure, failure);
        }
        return value;
    }

    /**
     * Returns why there is no value: what the function threw, a {@link
     * dev.procession.core.WorkerCrashedException} if the worker died while it ran the item, a
     * {@link TaskTimeoutException} if it ran longer than it may, a {@link
     * java.util.concurrent.CancellationException} if it was cancelled because the executor was shut
     * down, a {@link dev.procession.core.UnserializableException} if the item or the result cannot
     * be sent.
     *
     * @return the failure; empty if there is a value
     */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public String toString() {
        return "Outcome[index="
                + index
                + (failure == null ? ", value=" + value : ", failure=" + failure)
                + "]";
    }
}
