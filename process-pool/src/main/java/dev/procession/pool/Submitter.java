package dev.procession.pool;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.UnserializableException;
import dev.procession.core.lane.LentSpillFile;
import dev.procession.core.life.Session;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.Transfers;
import dev.procession.pool.dispatch.Dispatcher;
import dev.procession.pool.dispatch.PoolOptions;
import dev.procession.pool.dispatch.Task;
import dev.procession.pool.dispatch.TaskSettings;
import dev.procession.pool.dispatch.TaskSubmitter;
import dev.procession.pool.protocol.TaskInContext;
import dev.procession.pool.protocol.UserWork;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Turns what users submit into tasks, in their threads: checks it, encodes it, and waits for room
 * in the queue. Thread-safe.
 */
final class Submitter implements TaskSubmitter {

    private final PoolOptions options;
    private final Dispatcher dispatcher;
    private final TaskSettings defaults;
    private final AtomicLong lastTask = new AtomicLong();

    /** What travels with each task; null until the first one. */
    private volatile @Nullable List<TaskContext<?>> contexts;

    Submitter(PoolOptions options, Dispatcher dispatcher) {
        this.options = options;
        this.dispatcher = dispatcher;
        this.defaults = TaskSettings.ofPool(options);
    }

    private Transfers.Shipment pack(Object work) {
        UserWork.check(work);
        Object wrapped = inContext(work);
        try {
            return Transfers.packParts(options.codec(), wrapped);
        } catch (UnserializableException e) {
            UnserializableException obstacle =
                    wrapped == work ? null : UserWork.obstacle(options.codec(), List.of(work));
            throw obstacle == null ? e : obstacle;
        }
    }

    private Object inContext(Object work) {
        Object wrapped = work;
        for (TaskContext<?> context : contexts()) {
            wrapped = TaskInContext.of(context, wrapped);
        }
        return wrapped;
    }

    private List<TaskContext<?>> contexts() {
        List<TaskContext<?>> all = contexts;
        if (all == null) {
            all = options.contexts();
            if (options.discoverContexts()) {
                all = FoundContexts.besides(all, options.launch().program().classPath());
            }
            contexts = all; // another thread may have found the same
        }
        return all;
    }

    /** Submits a task with the defaults of the pool. */
    <V> TaskFuture<V> submit(Object work) {
        return submit(work, null, TaskOptions.DEFAULT);
    }

    /**
     * Submits a task; waits for room if the pool does.
     *
     * @param given the value of the future, if it is not what the task returns
     * @throws RejectedExecutionException if there is no room, or the pool was shut down
     */
    <V> TaskFuture<V> submit(Object work, @Nullable V given, TaskOptions taskOptions) {
        TaskFuture<V> future;
        try {
            future = submitWithin(work, given, taskOptions, rejects() ? 0 : Timeout.FOREVER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException(
                    "interrupted while the queue was full: pool=" + options.name(), e);
        }
        if (future == null) {
            throw full();
        }
        return future;
    }

    /** Submits a task and waits for it; an interrupt cancels it. */
    <V> V call(SerializableCallable<V> work, TaskOptions taskOptions)
            throws InterruptedException, ExecutionException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the task was submitted");
        }
        TaskFuture<V> future =
                submitWithin(work, null, taskOptions, rejects() ? 0 : Timeout.FOREVER);
        if (future == null) {
            throw full();
        }
        try {
            return future.get();
        } finally {
            if (!future.isDone()) { // this thread leaves, and no other has the future
                future.cancel(true);
            }
        }
    }

    @Override
    public <V> @Nullable TaskFuture<V> submitWithin(Object work, long nanos)
            throws InterruptedException {
        return submitWithin(work, null, TaskOptions.DEFAULT, nanos);
    }

    private <V> @Nullable TaskFuture<V> submitWithin(
            Object work, @Nullable V given, TaskOptions taskOptions, long nanos)
            throws InterruptedException {
        Objects.requireNonNull(work, "task");
        if (dispatcher.shutdown().isShutdown()) {
            throw new RejectedExecutionException("the pool was shut down: " + options.name());
        }
        if (Session.isProcessEnding()) {
            throw new RejectedExecutionException(
                    "this JVM is shutting down: pool=" + options.name());
        }
        Transfers.Shipment shipment = pack(work);
        TaskSettings settings = settings(taskOptions);
        long id = lastTask.incrementAndGet();
        TaskFuture<V> future = new TaskFuture<>(id, dispatcher.control(), settings.name(), given);
        LentSpillFile spill = null;
        boolean accepted = false;
        try {
            spill = dispatcher.spill(shipment); // before any lock: it may be large
            Task task = new Task(shipment, spill, work, future.promise(), settings);
            future.belongsTo(task);
            accepted = dispatcher.admission().accept(task, nanos);
        } catch (IOException e) {
            future.promise().failed(e, -1); // no room for a large task anywhere: its own failure
            return future;
        } finally {
            if (!accepted) {
                shipment.takeBack();
                if (spill != null) {
                    spill.release(false); // the pool may know the task, if it ran out of memory
                }
            }
        }
        return accepted ? future : null;
    }

    @Override
    public Codec codec() {
        return options.codec();
    }

    @Override
    public boolean rejects() {
        return options.whenFull() == WhenFull.REJECT;
    }

    @Override
    public boolean hasRoom() {
        return dispatcher.admission().hasRoom();
    }

    @Override
    public boolean awaitRoom(long nanos) throws InterruptedException {
        return dispatcher.admission().awaitRoomOnly(nanos);
    }

    @Override
    public RejectedExecutionException full() {
        return new RejectedExecutionException(
                "the queue is full: pool="
                        + options.name()
                        + ", capacity="
                        + options.queueCapacity());
    }

    private TaskSettings settings(TaskOptions given) {
        Objects.requireNonNull(given, "taskOptions");
        return given == TaskOptions.DEFAULT
                ? defaults
                : new TaskSettings(
                        given.timeout().map(Timeout::nanos).orElse(defaults.timeoutNanos()),
                        given.noProgress().map(Timeout::nanos).orElse(defaults.noProgressNanos()),
                        given.retries().orElse(defaults.retries()),
                        given.retryOn(),
                        given.retryPause().map(Timeout::nanos).orElse(defaults.retryPauseNanos()),
                        given.priority(),
                        given.name().orElse(null));
    }
}
