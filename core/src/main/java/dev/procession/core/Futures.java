package dev.procession.core;

import dev.procession.core.future.CompletionSpliterator;
import dev.procession.core.future.FutureWait;
import dev.procession.core.future.ItemTask;
import dev.procession.core.future.ResultSpliterator;
import dev.procession.core.time.Timeout;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Waits for many futures at once: Python's {@code as_completed}, {@code wait} and {@code
 * Executor.map}, for the futures of any {@link ExecutorService}, threads and processes alike.
 *
 * <pre>{@code
 * List<Future<Integer>> futures = new ArrayList<>();
 * for (int n : List.of(30, 20, 10)) {
 *     futures.add(executor.submit(SerializableCallable.of(() -> fib(n))));
 * }
 * for (Future<Integer> done : (Iterable<Future<Integer>>) Futures.asCompleted(futures)::iterator) {
 *     System.out.println(done.get());
 * }
 * }</pre>
 *
 * <p>Nothing here polls. A {@link java.util.concurrent.CompletableFuture} or another {@link
 * java.util.concurrent.CompletionStage} and Guava's {@code ListenableFuture} call back. For any
 * other future that is not done, such as a {@link java.util.concurrent.FutureTask}, one thread
 * blocks in its {@code get()} while the wait lasts (a virtual thread where the JVM has them,
 * otherwise a daemon thread with a small stack); only {@link ReturnWhen#ALL_COMPLETED} and {@link
 * #map} need none. These threads are interrupted as soon as the wait is over.
 *
 * <p>A stream from these methods blocks while it is consumed, in the thread that consumes it; it is
 * sequential even if {@code parallel()} is called. Closing it, from any thread, ends the wait. It
 * closes itself when it is exhausted or throws, so {@code try} is needed only where the caller may
 * not consume it to its end, as with {@code findFirst()} or {@code limit}.
 *
 * <p>A timeout is for the whole call and starts with it. If it is zero or negative, only futures
 * that are done already count; one that is too long for {@link System#nanoTime} never expires. No
 * argument and no future may be null. What a task did happens-before these methods report its
 * future as done. Methods may be called by any thread. A future of a process that dies completes as
 * its executor defines it, for example with a {@link WorkerCrashedException}.
 */
public final class Futures {

    private Futures() {}

    /**
     * Returns the futures in the order in which they complete, those that are done already first.
     *
     * <p>A future that is given twice appears once, as in Python. Failed and cancelled futures
     * appear like any other.
     *
     * @param futures the futures, copied
     * @param <V> the type of their results
     * @return the futures, each of them done; the stream blocks until the next one is done and
     *     throws {@link java.util.concurrent.CancellationException} with an {@link
     *     InterruptedException} as its cause, and the thread's interrupt flag set again, if the
     *     thread is interrupted in the meantime
     */
    public static <V extends @Nullable Object> Stream<Future<V>> asCompleted(
            Collection<? extends Future<V>> futures) {
        return asCompleted(futures, Timeout.NEVER);
    }

    /**
     * Returns the futures in the order in which they complete, until a timeout.
     *
     * <p>The timeout does not affect the futures themselves.
     *
     * @param futures the futures, copied
     * @param timeout how long all of them together may take from now on
     * @param <V> the type of their results
     * @return the futures as {@link #asCompleted(Collection)} returns them; when the timeout has
     *     expired and no other future is done, the stream throws {@link
     *     java.util.concurrent.CompletionException} with a {@link TimeoutException} as its cause,
     *     and both say how many are unfinished
     */
    public static <V extends @Nullable Object> Stream<Future<V>> asCompleted(
            Collection<? extends Future<V>> futures, Duration timeout) {
        return asCompleted(futures, Timeout.of(timeout));
    }

    private static <V extends @Nullable Object> Stream<Future<V>> asCompleted(
            Collection<? extends Future<V>> futures, Timeout timeout) {
        return new CompletionSpliterator<V>(distinct(futures), timeout).stream();
    }

    /**
     * Waits until enough of the futures are done.
     *
     * @param futures the futures; one that is given twice counts once
     * @param when what is enough
     * @param <V> the type of their results
     * @return which of them are done by then and which are not
     * @throws InterruptedException if the current thread is interrupted while it waits; never if
     *     enough are done already
     */
    public static <V extends @Nullable Object> Waited<V> waitFor(
            Collection<? extends Future<V>> futures, ReturnWhen when) throws InterruptedException {
        return waitFor(futures, when, Timeout.NEVER);
    }

    /**
     * Waits until enough of the futures are done, or a timeout.
     *
     * <p>As in Python, a timeout is not an error: futures that were not done in time are in {@link
     * Waited#notDone()}.
     *
     * @param futures the futures; one that is given twice counts once
     * @param when what is enough
     * @param timeout how long to wait
     * @param <V> the type of their results
     * @return which of them are done by then and which are not
     * @throws InterruptedException if the current thread is interrupted while it waits; never if
     *     enough are done already
     */
    public static <V extends @Nullable Object> Waited<V> waitFor(
            Collection<? extends Future<V>> futures, ReturnWhen when, Duration timeout)
            throws InterruptedException {
        return waitFor(futures, when, Timeout.of(timeout));
    }

    private static <V extends @Nullable Object> Waited<V> waitFor(
            Collection<? extends Future<V>> futures, ReturnWhen when, Timeout timeout)
            throws InterruptedException {
        Set<Future<V>> distinct = distinct(futures);
        Objects.requireNonNull(when, "when");
        return new FutureWait<>(distinct, timeout).until(when);
    }

    /**
     * Applies a function to every item by an executor and returns the results in the order of the
     * items.
     *
     * <p>All items are submitted before this returns, one task each. When the stream is closed
     * early or throws, the tasks whose results it has not delivered are cancelled, running ones
     * too.
     *
     * <pre>{@code
     * List<Integer> lengths = Futures.map(executor, String::length, names).toList();
     * }</pre>
     *
     * @param executor what runs the tasks; of threads or of processes
     * @param function what to apply
     * @param items what to apply it to; read once, now
     * @param <T> the type of the items
     * @param <R> the type of the results
     * @return the results; the stream blocks until the next one has arrived. For an item that
     *     failed it throws {@link java.util.concurrent.CompletionException} with what the task
     *     threw as its cause, or {@link java.util.concurrent.CancellationException} if the task was
     *     cancelled. If the thread is interrupted it throws the latter with an {@link
     *     InterruptedException} as its cause, the thread's interrupt flag set again
     * @throws java.util.concurrent.RejectedExecutionException if the executor refuses an item;
     *     those before it are cancelled
     */
    public static <T extends @Nullable Object, R extends @Nullable Object> Stream<R> map(
            ExecutorService executor,
            SerializableFunction<T, R> function,
            Iterable<? extends T> items) {
        return map(executor, function, items, Timeout.NEVER);
    }

    /**
     * Applies a function to every item by an executor, within a timeout, and returns the results in
     * the order of the items.
     *
     * @param executor what runs the tasks; of threads or of processes
     * @param function what to apply
     * @param items what to apply it to; read once, now
     * @param timeout how long all of them together may take from now on
     * @param <T> the type of the items
     * @param <R> the type of the results
     * @return the results as {@link #map(ExecutorService, SerializableFunction, Iterable)} returns
     *     them; when the timeout has expired and the next one has not arrived, the stream throws
     *     {@link java.util.concurrent.CompletionException} with a {@link TimeoutException} as its
     *     cause
     * @throws java.util.concurrent.RejectedExecutionException if the executor refuses an item;
     *     those before it are cancelled
     */
    public static <T extends @Nullable Object, R extends @Nullable Object> Stream<R> map(
            ExecutorService executor,
            SerializableFunction<T, R> function,
            Iterable<? extends T> items,
            Duration timeout) {
        return map(executor, function, items, Timeout.of(timeout));
    }

    private static <T extends @Nullable Object, R extends @Nullable Object> Stream<R> map(
            ExecutorService executor,
            SerializableFunction<T, R> function,
            Iterable<? extends T> items,
            Timeout timeout) {
        Objects.requireNonNull(executor, "executor");
        Objects.requireNonNull(function, "function");
        Deque<Future<R>> submitted = new ConcurrentLinkedDeque<>();
        try {
            for (T item : items) {
                submitted.add(executor.submit(new ItemTask<>(function, item)));
            }
        } catch (RuntimeException | Error refusal) {
            submitted.forEach(future -> future.cancel(true));
            throw refusal;
        }
        return new ResultSpliterator<>(submitted, timeout).stream();
    }

    private static <V extends @Nullable Object> Set<Future<V>> distinct(
            Collection<? extends Future<V>> futures) {
        Set<Future<V>> distinct = new LinkedHashSet<>(futures);
        for (Future<V> future : distinct) {
            Objects.requireNonNull(future, "a future");
        }
        return Collections.unmodifiableSet(distinct);
    }
}
