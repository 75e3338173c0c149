package dev.procession.pool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task in a worker process.
 *
 * <p>It fails with what the task threw, or with a {@link
 * dev.procession.core.WorkerCrashedException} when its worker died. Dependent actions without
 * {@code Async} in their name may run on the pool's own thread, as {@link CompletableFuture} has
 * it: they must not block, and waiting there for another task of the pool is refused.
 *
 * @param <V> what the task returns
 */
public final class TaskFuture<V> extends CompletableFuture<V> {

    private final long id;
    private final Dispatcher dispatcher;
    private final @Nullable V given;

    /** With {@code given}, that is the future's value, and not what the task returns. */
    TaskFuture(long id, Dispatcher dispatcher, @Nullable V given) {
        this.id = id;
        this.dispatcher = dispatcher;
        this.given = given;
    }

    /** The task has returned. */
    void returned(V value) {
        complete(given != null ? given : value);
    }

    /**
     * The task's number, as {@link Worker#taskId} gives it inside the task.
     *
     * @return the number, from 1 on in each pool
     */
    public long id() {
        return id;
    }

    /**
     * Cancels the task. One that has not begun never runs. One that is running goes on, and its
     * result is dropped, unless {@code mayInterruptIfRunning}: then its thread is interrupted, and
     * if it has not ended after {@link ProcessPoolExecutor#CANCEL_GRACE} its worker is killed and
     * replaced.
     *
     * @param mayInterruptIfRunning whether a running task is stopped
     * @return whether the future is cancelled now
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean wasDone = isDone();
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled && !wasDone) {
            dispatcher.cancelled(this, mayInterruptIfRunning);
        }
        return cancelled;
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        refuseOnDispatcher();
        return super.get();
    }

    @Override
    public V get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        refuseOnDispatcher();
        return super.get(timeout, unit);
    }

    @Override
    public V join() {
        refuseOnDispatcher();
        return super.join();
    }

    private void refuseOnDispatcher() {
        if (dispatcher.isCurrentThread() && !isDone()) {
            throw new IllegalStateException(
                    "waiting for a task on the pool's own thread would stop the pool; use the Async"
                            + " forms of dependent actions: task="
                            + id);
        }
    }
}
