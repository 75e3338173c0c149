package dev.procession.pool;

import dev.procession.core.SerializableAction;
import dev.procession.core.SerializableBiFunction;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import dev.procession.core.SerializableRunnable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

/**
 * An {@link ExecutorService} that runs its tasks in other processes: what a pool of worker
 * processes on this machine ({@link ProcessPoolExecutor}) has in common with other executors of its
 * kind. Code that takes this type does not depend on where its tasks run. Not for users to
 * implement: methods are added.
 *
 * <pre>{@code
 * static long total(TaskExecutor executor, List<Path> files) {
 *     return executor.map(Files::size, files).mapToLong(bytes -> bytes).sum();
 * }
 * }</pre>
 *
 * <p><b>Tasks.</b> A lambda or method reference as an argument is serialisable by itself; what it
 * captures, takes and returns has to be serialisable. The calling thread serialises a task, and
 * gets an {@link dev.procession.core.UnserializableException} at once if that is impossible; its
 * message names the field that stands in the way. What the caller did before is seen by the task
 * only as far as it was serialised with it.
 *
 * <p><b>Threads.</b> Every method may be called by any thread, platform or virtual. Submitting
 * waits only for room in a queue that is full; an interrupt meanwhile refuses the task.
 *
 * <p><b>Deaths.</b> The process that runs a task may die: then its future fails with a {@link
 * dev.procession.core.WorkerCrashedException}, unless the task has retries, and no other task is
 * affected. Whether the task had effects before is not known.
 */
public interface TaskExecutor extends ExecutorService, AutoCloseable {

    /**
     * Submits a task.
     *
     * @param task what another process runs
     * @param <V> what it returns
     * @return its future
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or its queue is full and it
     *     rejects then
     */
    <V> TaskFuture<V> submit(SerializableCallable<V> task);

    /**
     * Submits a task with options of its own.
     *
     * @param task what another process runs
     * @param taskOptions its timeout, retries, priority and name
     * @param <V> what it returns
     * @return its future
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or its queue is full and it
     *     rejects then
     */
    <V> TaskFuture<V> submit(SerializableCallable<V> task, TaskOptions taskOptions);

    /**
     * Submits a task that returns nothing.
     *
     * @param task what another process runs
     * @return its future, of null
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or its queue is full and it
     *     rejects then
     */
    TaskFuture<Void> submit(SerializableRunnable task);

    /**
     * Submits a task that returns nothing, with options of its own.
     *
     * @param task what another process runs
     * @param taskOptions its timeout, retries, priority and name
     * @return its future, of null
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or its queue is full and it
     *     rejects then
     */
    TaskFuture<Void> submit(SerializableRunnable task, TaskOptions taskOptions);

    /**
     * Submits a task that returns nothing and may throw checked exceptions. The compiler chooses
     * this method for lambdas without a value.
     *
     * @param task what another process runs
     * @return its future, of null
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or its queue is full and it
     *     rejects then
     */
    TaskFuture<Void> submit(SerializableAction task);

    /**
     * Submits a task that returns nothing and may throw checked exceptions, with options of its
     * own. The compiler chooses this method for lambdas without a value.
     *
     * @param task what another process runs
     * @param taskOptions its timeout, retries, priority and name
     * @return its future, of null
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or its queue is full and it
     *     rejects then
     */
    TaskFuture<Void> submit(SerializableAction task, TaskOptions taskOptions);

    /**
     * {@inheritDoc}
     *
     * @throws dev.procession.core.UnserializableException if the task cannot be serialised
     */
    @Override
    <V> TaskFuture<V> submit(Callable<V> task);

    /**
     * {@inheritDoc}
     *
     * @throws dev.procession.core.UnserializableException if the task cannot be serialised
     */
    @Override
    TaskFuture<?> submit(Runnable task);

    /**
     * Submits a task whose future has a given value of this process, which is not sent.
     *
     * @throws dev.procession.core.UnserializableException if the task cannot be serialised
     */
    @Override
    <V> TaskFuture<V> submit(Runnable task, V result);

    /**
     * Runs a task without a future; what it throws is logged. The compiler chooses this method for
     * lambdas.
     *
     * @param task what another process runs
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     */
    void execute(SerializableAction task);

    /**
     * Runs a task without a future; what it throws is logged.
     *
     * @throws dev.procession.core.UnserializableException if the task cannot be serialised, as the
     *     objects that {@link CompletableFuture#supplyAsync} and {@link
     *     java.util.concurrent.ExecutorCompletionService} make of their lambdas
     */
    @Override
    void execute(Runnable task);

    /**
     * Runs a task and returns what it returns, as {@link #call(SerializableCallable, TaskOptions)}
     * does with the options of the executor.
     *
     * @param task what another process runs
     * @param <V> what it returns
     * @return what it returned
     * @throws InterruptedException if this thread was interrupted; the task is cancelled then
     * @throws ExecutionException if the task failed, with what its future would fail with as cause
     * @throws CancellationException if the task was cancelled because the executor was shut down
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or its queue is full and it
     *     rejects then
     */
    <V> V call(SerializableCallable<V> task) throws InterruptedException, ExecutionException;

    /**
     * Runs a task and returns what it returns: {@code submit(task).get()}, except that the task
     * does not outlive the call. If this thread is interrupted while it waits, the task is taken
     * back, or interrupted like its caller; if it does not end within the grace period of {@link
     * ProcessPoolExecutor#CANCEL_GRACE} its worker is killed.
     *
     * <p>Use it where a thread stands for the work: in a virtual thread, or in a subtask of a
     * {@code StructuredTaskScope}, which interrupts the subtasks that are no longer needed.
     *
     * <pre>{@code
     * try (var scope = StructuredTaskScope.open()) {
     *     var thumbnail = scope.fork(() -> executor.call(() -> Images.scale(picture)));
     *     var text = scope.fork(() -> executor.call(() -> Ocr.read(picture)));
     *     scope.join(); // when one fails, the other's process stops too
     * }
     * }</pre>
     *
     * @param task what another process runs
     * @param taskOptions its timeout, retries, priority and name
     * @param <V> what it returns
     * @return what it returned
     * @throws InterruptedException if this thread was interrupted, before or while it waited; the
     *     task is cancelled then. It does not wait for the task's end
     * @throws ExecutionException if the task failed, with what its future would fail with as cause
     * @throws CancellationException if the task was cancelled because the executor was shut down
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or its queue is full and it
     *     rejects then
     */
    <V> V call(SerializableCallable<V> task, TaskOptions taskOptions)
            throws InterruptedException, ExecutionException;

    /**
     * Applies a function to each item in other processes, and gives the results in the order of the
     * items: Python's {@code map}, with chunks of automatic size.
     *
     * @param function what is applied
     * @param items its arguments
     * @param <T> their type
     * @param <R> the results' type
     * @return the results, as {@link #map(SerializableFunction, Iterable, MapOptions)} gives them
     */
    <T, R> Stream<R> map(SerializableFunction<T, R> function, Iterable<T> items);

    /**
     * Applies a function to each item in other processes, and gives the results.
     *
     * <p>The items are read while the results are taken, by the same thread, and only a bounded
     * number ahead; they may be endless. Several of them go to a worker at once: such a chunk is
     * one task, for timeouts, retries and the death of its worker, which fails the rest of the
     * stream. Of items that come slowly a chunk takes those that have come, unless its size was
     * given, and results are given while the next items are awaited: before the next item is asked
     * for, the next result is taken if it is there soon.
     *
     * @param function what is applied
     * @param items its arguments
     * @param mapOptions how many at once, how far ahead, in which order, how long
     * @param <T> their type
     * @param <R> the results' type
     * @return the results; the stream blocks until the next one is there. In the place of an item
     *     that failed it throws {@link java.util.concurrent.CompletionException} with what the
     *     function threw as its cause; with a {@link java.util.concurrent.TimeoutException} when
     *     the time is over. If the thread is interrupted it throws {@link CancellationException}
     *     with an {@link InterruptedException} as its cause, the thread's interrupt flag set again;
     *     one without a cause when another thread closes the stream before its end. What the
     *     iterator throws, it throws after the results of the items before. When anything was
     *     thrown, or the stream was closed, what is under way is cancelled
     * @throws dev.procession.core.UnserializableException if the function or the first item cannot
     *     be serialised
     * @throws RejectedExecutionException if the executor was shut down, or it rejects tasks when
     *     its queue is full and there is no room even for the first chunk
     */
    <T, R> Stream<R> map(
            SerializableFunction<T, R> function, Iterable<T> items, MapOptions mapOptions);

    /**
     * Applies a function to the first items, then to the second items of two sequences and so on,
     * in other processes, and gives the results in that order: Python's {@code map} with two
     * iterables, with chunks of automatic size. It ends with the shorter sequence.
     *
     * @param function what is applied
     * @param first its first arguments
     * @param second its second arguments
     * @param <T> the first arguments' type
     * @param <U> the second arguments' type
     * @param <R> the results' type
     * @return the results, as {@link #map(SerializableFunction, Iterable, MapOptions)} gives them
     */
    <T, U, R> Stream<R> map(
            SerializableBiFunction<T, U, R> function, Iterable<T> first, Iterable<U> second);

    /**
     * Applies a function to the first items, then to the second items of two sequences and so on,
     * in other processes. It ends with the shorter sequence; no item of the longer one is read for
     * which the other has none.
     *
     * @param function what is applied
     * @param first its first arguments
     * @param second its second arguments
     * @param mapOptions how many at once, how far ahead, in which order, how long
     * @param <T> the first arguments' type
     * @param <U> the second arguments' type
     * @param <R> the results' type
     * @return the results, as {@link #map(SerializableFunction, Iterable, MapOptions)} gives them
     * @throws dev.procession.core.UnserializableException if the function or the first pair cannot
     *     be serialised
     * @throws RejectedExecutionException if the executor was shut down, or it rejects tasks when
     *     its queue is full and there is no room even for the first chunk
     */
    <T, U, R> Stream<R> map(
            SerializableBiFunction<T, U, R> function,
            Iterable<T> first,
            Iterable<U> second,
            MapOptions mapOptions);

    /**
     * Applies a function to each item in other processes, and gives what became of each, in the
     * order of the items, as {@link #mapOutcomes(SerializableFunction, Iterable, MapOptions)} does.
     *
     * @param function what is applied
     * @param items its arguments
     * @param <T> their type
     * @param <R> the results' type
     * @return an outcome for each item
     * @throws dev.procession.core.UnserializableException if the function cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or it rejects tasks when
     *     its queue is full and there is no room even for the first item
     */
    <T, R> Stream<Outcome<R>> mapOutcomes(SerializableFunction<T, R> function, Iterable<T> items);

    /**
     * Applies a function to each item in other processes, and gives what became of each: its result
     * or its failure. One failure ends nothing, whether the function threw, its worker died, it ran
     * longer than a task may, or the item or the result cannot be serialised.
     *
     * <p>Each item is a task of its own: it has the executor's timeout and retries for itself, and
     * the death of its worker costs no other item. This takes some microseconds for each item,
     * which {@link #map map} saves by its chunks. {@link MapOptions.Builder#chunkSize} sends so
     * many items as one task all the same. What the function throws is then still the failure of
     * its item alone. But when the worker of a chunk dies, or the chunk runs longer than a task
     * may, the results of its items are lost with it and which of them ran is not known: each item
     * of the chunk has that failure, and none is run a second time, unless tasks have retries,
     * which repeat the whole chunk.
     *
     * <p>The items are read as by {@link #map(SerializableFunction, Iterable, MapOptions)}: while
     * the outcomes are taken, and only a bounded number ahead.
     *
     * @param function what is applied
     * @param items its arguments
     * @param mapOptions how far ahead, in which order, how long; how many at once, if not one
     * @param <T> their type
     * @param <R> the results' type
     * @return an outcome for each item; the stream blocks until the next one is there. What
     *     concerns no item ends the stream, and what is under way is cancelled: when no worker can
     *     be started it throws {@link java.util.concurrent.CompletionException} with a {@link
     *     BrokenProcessPoolException} as its cause; with a {@link
     *     java.util.concurrent.TimeoutException} when the time of all is over. When the executor
     *     was shut down it throws {@link RejectedExecutionException} after the outcomes of the
     *     items that were submitted before. On an interrupt, when another thread closes the stream,
     *     or when the iterator throws, it does what that of {@code map} does
     * @throws dev.procession.core.UnserializableException if the function cannot be serialised
     * @throws RejectedExecutionException if the executor was shut down, or it rejects tasks when
     *     its queue is full and there is no room even for the first item
     */
    <T, R> Stream<Outcome<R>> mapOutcomes(
            SerializableFunction<T, R> function, Iterable<T> items, MapOptions mapOptions);

    /**
     * Shares a value with tasks: any number of them may capture what this returns, and each worker
     * gets the value once. For what is large and needed by many tasks; what only some tasks need is
     * better captured by these.
     *
     * <p>The value is serialised by this call, and no later change of it is seen by tasks. It takes
     * its serialised size of shared memory, or of the disk when that is full, until it is
     * {@linkplain Shared#close closed}, or the executor is.
     *
     * @param value a serialisable value
     * @param <V> its type
     * @return what a task captures
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws java.io.UncheckedIOException if there is no room for it
     * @throws RejectedExecutionException if the executor was shut down
     */
    <V> Shared<V> share(V value);

    /**
     * Returns what the executor has done so far and is doing.
     *
     * @return a snapshot
     */
    PoolStats stats();

    /**
     * Returns the tasks that are in the pool as they are now: those that workers have, then those
     * that wait, in the order in which they will be sent. It takes a time that grows with their
     * number.
     *
     * @return a snapshot
     */
    List<TaskInfo> tasks();

    /**
     * Returns the last hundred failures of tasks whose futures have failed with them; what was
     * cancelled is not among them.
     *
     * @return a snapshot, the oldest one first
     */
    List<TaskFailure> recentFailures();

    /**
     * Cancels a task of which only the id is known, as {@link TaskFuture#cancel} does with {@code
     * true}: one that waits never runs, one that runs is interrupted, and killed if that does not
     * help.
     *
     * @param taskId as {@link TaskFuture#id} and {@link TaskInfo#id} return it
     * @return whether there was such a task, and its future is cancelled now
     */
    boolean cancel(long taskId);

    /**
     * Shuts down and waits until all tasks are done, as {@code ExecutorService} does from JDK 19
     * on. If this thread is interrupted, {@link #shutdownNow} hastens the end, and the thread is
     * interrupted again afterwards. Does nothing the second time.
     */
    @Override
    void close();

    /**
     * Shuts down and waits for the end, but not longer than this: when four fifths of the time have
     * passed, what has not begun is cancelled and what runs is interrupted; at the end of the time
     * what still runs is killed. Returns when all has ended, which is an instant later.
     *
     * @param timeout how long all of it may take
     * @return whether all tasks ended by themselves
     */
    boolean close(Duration timeout);
}
