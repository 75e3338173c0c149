package dev.procession.pool;

import dev.procession.core.SerializableAction;
import dev.procession.core.SerializableBiFunction;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import dev.procession.core.SerializableRunnable;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.pool.dispatch.Dispatcher;
import dev.procession.pool.dispatch.FirstStart;
import dev.procession.pool.dispatch.Invocations;
import dev.procession.pool.dispatch.MapItems;
import dev.procession.pool.dispatch.MapSettings;
import dev.procession.pool.dispatch.MapSource;
import dev.procession.pool.dispatch.PoolOptions;
import dev.procession.pool.dispatch.Shutdown;
import dev.procession.pool.dispatch.Task;
import dev.procession.pool.dispatch.TaskPromise;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An {@link ExecutorService} whose workers are processes: Python's {@code ProcessPoolExecutor}.
 *
 * <p>Use it instead of {@link java.util.concurrent.Executors#newFixedThreadPool} for work that may
 * crash, leak or hang, or that needs a heap of its own. Tasks are serialised, run in a worker JVM
 * with this process's class path, and their results come back.
 *
 * <pre>{@code
 * try (ProcessPoolExecutor pool = new ProcessPoolExecutor(4)) {
 *     TaskFuture<Integer> answer = pool.submit(() -> 6 * 7);
 *     System.out.println(answer.get());
 * }
 * }</pre>
 *
 * <p><b>Lifecycle.</b> Workers start when tasks need them, up to the maximum, and stay until the
 * pool ends. As with a thread pool of the JDK, a pool that is not shut down keeps this JVM alive.
 * When this process dies the workers exit within a second, in the middle of their tasks. When it
 * ends by itself, by {@link System#exit} or SIGTERM, no task is accepted any more, and what runs
 * goes on only as long as an exit hook waits in {@link #close()}, which it does for five seconds at
 * most, {@link #close(Duration)} or {@link #awaitTermination}; then the workers get SIGTERM.
 *
 * <p><b>Death of a worker.</b> It costs the task that the worker was running, whose future fails
 * with a {@link dev.procession.core.WorkerCrashedException}; whether the task had effects before is
 * not known. Tasks that were waiting for the worker go to another, and the worker is replaced.
 * Nothing that a task does breaks the pool.
 *
 * <p><b>Watching.</b> {@link #workers}, {@link #tasks}, {@link #recentFailures} and {@link #stats}
 * are snapshots, {@link #stack} shows where a task is, and {@link ProcessPoolMetrics} gives the
 * figures to Micrometer. A recording of Flight Recorder in this process gets an event {@code
 * dev.procession.Task} for each task, which lasts from its submission to its end and has the
 * worker, the attempt, the end and the times to run and to wait, and the events {@code
 * dev.procession.WorkerStart} and {@code dev.procession.WorkerEnd}; {@code jfr print --events
 * 'dev.procession*'} shows them.
 *
 * <p><b>Threads.</b> Every method may be called by any thread. A task is serialised by the thread
 * that submits it, and fails there if that is impossible; that thread may also start a worker,
 * which takes some milliseconds. What the submitter did before is seen by the task only as far as
 * it was serialised with it. Each worker runs one task at a time, on its main thread.
 */
// This file is long because every method is documented; the work is done in the other packages.
public final class ProcessPoolExecutor implements TaskExecutor {

    /** How long an interrupted task may go on by default before its worker is killed. */
    public static final Duration CANCEL_GRACE = Duration.ofSeconds(1);

    static final Log LOG = Log.of(ProcessPoolExecutor.class);

    /** How many chunks a map submits ahead, for each worker. */
    private static final int CHUNKS_AHEAD = 4;

    /** The same for a map that submits items one by one, which may be short. */
    private static final int ITEMS_AHEAD = 16;

    private final PoolOptions options;
    private final Dispatcher dispatcher;
    private final Submitter submitter;
    private final PoolShares shares;

    /** Makes a pool of one worker for each processor, with the defaults of {@link Builder}. */
    public ProcessPoolExecutor() {
        this(builder());
    }

    /**
     * Makes a pool with the defaults of {@link Builder}.
     *
     * @param workers how many workers at most
     * @throws IllegalArgumentException if that is less than one
     */
    public ProcessPoolExecutor(int workers) {
        this(builder().workers(workers));
    }

    private ProcessPoolExecutor(Builder builder) {
        options = builder.options();
        FirstStart start = FirstStart.begin(options);
        try {
            dispatcher = new Dispatcher(options, start, new Rehearsed());
            submitter = new Submitter(options, dispatcher);
            shares = new PoolShares(options.name(), options.codec());
            dispatcher.start();
            PoolAnswers.add(this);
        } finally {
            start.endUnlessServing();
        }
    }

    /** Makes futures of no task. Not a lambda: the first one takes 10 ms of a cold start. */
    private static final class Rehearsed implements Function<Dispatcher, TaskPromise> {
        @Override
        public TaskPromise apply(Dispatcher owner) {
            return new TaskFuture<>(0, owner.control(), null, null).promise();
        }
    }

    /**
     * Returns a builder with default settings.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public <V> TaskFuture<V> submit(SerializableCallable<V> task) {
        return submitter.submit(task);
    }

    @Override
    public <V> TaskFuture<V> submit(SerializableCallable<V> task, TaskOptions taskOptions) {
        return submitter.submit(task, null, taskOptions);
    }

    @Override
    public TaskFuture<Void> submit(SerializableRunnable task) {
        return submitter.submit(task);
    }

    @Override
    public TaskFuture<Void> submit(SerializableRunnable task, TaskOptions taskOptions) {
        return submitter.submit(task, null, taskOptions);
    }

    @Override
    public TaskFuture<Void> submit(SerializableAction task) {
        return submitter.submit(task);
    }

    @Override
    public TaskFuture<Void> submit(SerializableAction task, TaskOptions taskOptions) {
        return submitter.submit(task, null, taskOptions);
    }

    @Override
    public <V> TaskFuture<V> submit(Callable<V> task) {
        return submitter.submit(task);
    }

    @Override
    public TaskFuture<?> submit(Runnable task) {
        return submitter.submit(task);
    }

    @Override
    public <V> TaskFuture<V> submit(Runnable task, V result) {
        return submitter.submit(task, result, TaskOptions.DEFAULT);
    }

    @Override
    public void execute(SerializableAction task) {
        execute((Runnable) task);
    }

    @Override
    public void execute(Runnable task) {
        CompletableFuture<?> unused =
                submitter
                        .submit(task)
                        .whenComplete(
                                (value, thrown) -> {
                                    if (thrown != null
                                            && !(thrown instanceof CancellationException)) {
                                        LOG.log(
                                                Level.WARNING,
                                                "a task of " + options.name() + " failed",
                                                thrown);
                                    }
                                });
    }

    @Override
    public <V> V call(SerializableCallable<V> task)
            throws InterruptedException, ExecutionException {
        return submitter.call(task, TaskOptions.DEFAULT);
    }

    @Override
    public <V> V call(SerializableCallable<V> task, TaskOptions taskOptions)
            throws InterruptedException, ExecutionException {
        return submitter.call(task, taskOptions);
    }

    @Override
    public <T, R> Stream<R> map(SerializableFunction<T, R> function, Iterable<T> items) {
        return map(function, items, MapOptions.DEFAULT);
    }

    @Override
    public <T, R> Stream<R> map(
            SerializableFunction<T, R> function, Iterable<T> items, MapOptions mapOptions) {
        Objects.requireNonNull(function, "function");
        return map(MapItems.of(function, items.iterator()), mapOptions);
    }

    @Override
    public <T, U, R> Stream<R> map(
            SerializableBiFunction<T, U, R> function, Iterable<T> first, Iterable<U> second) {
        return map(function, first, second, MapOptions.DEFAULT);
    }

    @Override
    public <T, U, R> Stream<R> map(
            SerializableBiFunction<T, U, R> function,
            Iterable<T> first,
            Iterable<U> second,
            MapOptions mapOptions) {
        Objects.requireNonNull(function, "function");
        return map(MapItems.of(function, first.iterator(), second.iterator()), mapOptions);
    }

    private <R> Stream<R> map(MapItems items, MapOptions mapOptions) {
        return new MapSource<R>(submitter, items, settings(mapOptions, CHUNKS_AHEAD), null)
                .stream();
    }

    private MapSettings settings(MapOptions mapOptions, int ahead) {
        return new MapSettings(
                mapOptions.chunkSize().orElse(0),
                mapOptions.buffer().orElse(ahead * options.workers()),
                mapOptions.isUnordered(),
                mapOptions.timeout().orElse(null));
    }

    @Override
    public <T, R> Stream<Outcome<R>> mapOutcomes(
            SerializableFunction<T, R> function, Iterable<T> items) {
        return mapOutcomes(function, items, MapOptions.DEFAULT);
    }

    @Override
    public <T, R> Stream<Outcome<R>> mapOutcomes(
            SerializableFunction<T, R> function, Iterable<T> items, MapOptions mapOptions) {
        Objects.requireNonNull(function, "function");
        MapItems read = MapItems.of(function, items.iterator());
        MapSettings settings = settings(mapOptions, ITEMS_AHEAD);
        return new MapSource<>(submitter, read, settings, new Outcomes<R>()).stream();
    }

    @Override
    public <V> Shared<V> share(V value) {
        if (isShutdown()) {
            throw new RejectedExecutionException("the pool was shut down: " + options.name());
        }
        return shares.share(value);
    }

    @Override
    public <V> List<Future<V>> invokeAll(Collection<? extends Callable<V>> tasks)
            throws InterruptedException {
        return new Invocations<V>(submitter, tasks, Timeout.NEVER).all();
    }

    @Override
    public <V> List<Future<V>> invokeAll(
            Collection<? extends Callable<V>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        return new Invocations<V>(submitter, tasks, Timeout.ofNanos(unit.toNanos(timeout))).all();
    }

    @Override
    public <V> V invokeAny(Collection<? extends Callable<V>> tasks)
            throws InterruptedException, ExecutionException {
        try {
            return new Invocations<V>(submitter, tasks, Timeout.NEVER).any();
        } catch (TimeoutException e) {
            throw new AssertionError("a wait without a timeout timed out", e);
        }
    }

    @Override
    public <V> V invokeAny(Collection<? extends Callable<V>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return new Invocations<V>(submitter, tasks, Timeout.ofNanos(unit.toNanos(timeout))).any();
    }

    /**
     * Starts all workers now instead of when tasks need them, and returns when the operating system
     * has; they may not be ready yet. After a {@link BrokenProcessPoolException} this tries again
     * at once.
     *
     * @return how many were started
     */
    public int prestartAllWorkers() {
        return dispatcher.startAllWorkers();
    }

    /**
     * Returns the pool's name, with which the names of its threads and workers and its log messages
     * begin.
     *
     * @return the name
     */
    public String name() {
        return options.name();
    }

    /** How many workers there may be. */
    int limit() {
        return dispatcher.limit();
    }

    /**
     * Returns the workers as they are now.
     *
     * @return a snapshot, in the order of their index, without those that have ended or not started
     */
    public List<WorkerInfo> workers() {
        return dispatcher.workers();
    }

    /**
     * Returns where the task of a worker is now, as {@code jstack} shows a thread: the state of the
     * thread that runs it, its frames, and the monitors that it holds and waits for. The middle of
     * a deep stack is left out, which the text says. The task is not stopped for longer than that
     * takes.
     *
     * <p>Waits one second at most, whatever the worker does. The text is for people: if no task
     * runs, the process does not answer, as when it is stopped, or this thread was interrupted, the
     * text says so, and an interrupt stays set.
     *
     * @param worker the index of the worker, as {@link WorkerInfo#index} returns it
     * @return several lines: task, worker and process, then the stack
     * @throws IllegalArgumentException if there is no such worker; the message names those there
     *     are
     */
    public String stack(int worker) {
        return dispatcher.stacks().of(worker);
    }

    @Override
    public PoolStats stats() {
        return PoolStats.of(dispatcher.counts());
    }

    @Override
    public List<TaskInfo> tasks() {
        return dispatcher.control().tasks();
    }

    @Override
    public List<TaskFailure> recentFailures() {
        return dispatcher.control().recentFailures();
    }

    @Override
    public boolean cancel(long taskId) {
        return dispatcher.control().cancel(taskId);
    }

    /**
     * Changes how many workers there may be. New ones start when tasks need them; surplus workers
     * end after their task.
     *
     * @param workers the new number
     * @throws IllegalArgumentException if it is less than one
     */
    public void resize(int workers) {
        dispatcher.resize(Limits.positive("workers", workers));
    }

    /** Refuses further tasks; those that were submitted are run, then the workers exit. */
    @Override
    public void shutdown() {
        dispatcher.shutdown().shutdown();
    }

    /**
     * Refuses further tasks, interrupts those that run, and kills the worker of one that does not
     * end within {@link #CANCEL_GRACE}. The futures of tasks that never began, or that wait for
     * another attempt, are cancelled, so that no thread waits for them in vain.
     *
     * @return these tasks, as they were submitted
     */
    @Override
    public List<Runnable> shutdownNow() {
        return stop(Shutdown.Force.INTERRUPT);
    }

    /**
     * Refuses further tasks, cancels those that have not begun, and ends all workers by SIGTERM, so
     * that their shutdown hooks run: Python's {@code terminate_workers}. Those that have not ended
     * after {@link #CANCEL_GRACE} are killed. The tasks that they were running fail with a {@link
     * dev.procession.core.WorkerCrashedException}. Does not wait for the end.
     */
    public void terminateWorkers() {
        stop(Shutdown.Force.TERMINATE);
    }

    /**
     * Refuses further tasks, cancels those that have not begun, and ends all workers by SIGKILL:
     * Python's {@code kill_workers}. The tasks that they were running fail with a {@link
     * dev.procession.core.WorkerCrashedException}. Does not wait for the end, which comes soon.
     */
    public void killWorkers() {
        stop(Shutdown.Force.KILL);
    }

    private List<Runnable> stop(Shutdown.Force force) {
        List<Runnable> never = new ArrayList<>();
        for (Task task : dispatcher.shutdown().shutdownNow(force)) {
            if (task.promise().cancel(false)) {
                never.add(task.asRunnable());
            }
        }
        return never;
    }

    @Override
    public boolean isShutdown() {
        return dispatcher.shutdown().isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return dispatcher.shutdown().isTerminated();
    }

    /**
     * {@inheritDoc} The workers' processes have ended and nothing is left of them then, and what
     * the pool has shared is closed.
     */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        boolean ended = dispatcher.shutdown().awaitTermination(timeout, unit);
        if (ended) {
            shares.closeAll();
        }
        return ended;
    }

    /** {@inheritDoc} The workers' processes are gone then. */
    @Override
    public void close() {
        shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (awaitTermination(Timeout.FOREVER, TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                if (!interrupted) {
                    shutdownNow();
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean close(Duration timeout) {
        long nanos = Math.min(Timeout.nanos(timeout), Timeout.LONGEST_NANOS); // it has a limit
        Timeout beforeInterrupt = Timeout.ofNanos(nanos / 5 * 4);
        Timeout all = Timeout.ofNanos(nanos);
        shutdown();
        if (awaitUninterrupted(beforeInterrupt)) {
            return true;
        }
        shutdownNow();
        if (!awaitUninterrupted(all)) {
            killWorkers();
            close();
        }
        return false;
    }

    /** Waits for the end; an interrupt ends the wait. */
    private boolean awaitUninterrupted(Timeout timeout) {
        try {
            return awaitTermination(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public String toString() {
        return "ProcessPoolExecutor[name=" + options.name() + ", workers=" + workers() + "]";
    }

    /** The settings of a pool. Not thread-safe; {@link #build} copies. */
    public static final class Builder extends PoolBuilder {

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Makes the pool, and begins to start its first worker.
         *
         * @return a new pool
         * @throws dev.procession.core.UnserializableException if the initializer or the codec
         *     cannot be serialised
         * @throws IllegalArgumentException if options contradict each other, there is no JVM at the
         *     {@code javaHome}, or no such directory
         * @throws IllegalStateException if a JVM cannot be started as this one was, and no class
         *     path is named
         * @throws UnsupportedOperationException if this system is not Linux, or this is a native
         *     image
         */
        public ProcessPoolExecutor build() {
            return new ProcessPoolExecutor(this);
        }
    }
}
