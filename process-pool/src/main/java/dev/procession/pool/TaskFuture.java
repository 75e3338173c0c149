package dev.procession.pool;

import dev.procession.core.future.LaterValue;
import dev.procession.pool.dispatch.Settlement;
import dev.procession.pool.dispatch.Task;
import dev.procession.pool.dispatch.TaskControl;
import dev.procession.pool.dispatch.TaskPromise;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task in a worker process.
 *
 * <p>It fails with what the task threw, with a {@link dev.procession.core.WorkerCrashedException}
 * when its worker died, with a {@link TaskTimeoutException} when it took too long, or with a {@link
 * BrokenProcessPoolException} when no worker can be started.
 *
 * <p>A result is decoded by the thread that waits in {@link #get()} or {@link #join}, otherwise by
 * a thread of the pool, which also runs dependent actions without {@code Async} in their name; if
 * there are such actions, by the {@linkplain ProcessPoolExecutor.Builder#dependents executor} that
 * the pool was given for them. A result or an action that blocks there holds up no other task. A
 * {@code get} with a timeout leaves the decoding to the pool, so that it ends in time.
 *
 * <p>A result for which this process has no room on its heap fails its future with an {@link
 * OutOfMemoryError}; a worker whose own heap is full ends, and its task fails with a {@code
 * WorkerCrashedException}.
 *
 * @param <V> what the task returns
 */
public final class TaskFuture<V> extends CompletableFuture<V> {

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<TaskFuture, Settlement> SETTLEMENT =
            AtomicReferenceFieldUpdater.newUpdater(
                    TaskFuture.class, Settlement.class, "settlement");

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<TaskFuture, Thread> WAITER =
            AtomicReferenceFieldUpdater.newUpdater(TaskFuture.class, Thread.class, "waiter");

    private final long id;
    private final TaskControl control;
    private final @Nullable String name;
    private final @Nullable V given;

    /** Set before any other thread sees the future; null again when the task has left the pool. */
    private volatile @Nullable Task task;

    /** How the task has ended, until a thread takes it to complete this future. */
    private volatile @Nullable Settlement settlement;

    /** The thread that waits here and completes this future. */
    private volatile @Nullable Thread waiter;

    private final TaskPromise promise = new Promise();

    /**
     * Makes a future.
     *
     * @param name the name of the task, or null
     * @param given the value of the future instead of what the task returns, if not null
     */
    TaskFuture(long id, TaskControl control, @Nullable String name, @Nullable V given) {
        this.id = id;
        this.name = name;
        this.control = control;
        this.given = given;
    }

    /** Sets the task, before any other thread sees this future. */
    void belongsTo(Task owner) {
        task = owner;
    }

    /** Returns what the pool may do with this future. */
    TaskPromise promise() {
        return promise;
    }

    /** Completes this with what has been stored, unless another thread has. */
    private void deliver() {
        Settlement stored = SETTLEMENT.getAndSet(this, null);
        if (stored == null) {
            return;
        }
        try {
            stored.deliver(promise);
        } catch (Throwable e) { // decoding runs user code; it fails this future and no other
            promise.failed(e, stored.worker());
        }
    }

    /** Waits for the settlement and delivers it, if this thread may; {@code super} waits if not. */
    private void await() {
        if (!control.hasStackToComplete()) {
            return; // a thread of the pool has the room, or the thread that announced itself
        }
        deliver();
        Thread self = Thread.currentThread();
        if (isDone()
                || self instanceof ForkJoinWorkerThread
                || isVirtual(self)
                || !control.hasStackToWait()
                || !WAITER.compareAndSet(this, null, self)) {
            return;
        }
        while (!isDone() && settlement == null && !self.isInterrupted()) {
            Task mine = task;
            if (mine != null) {
                control.readFor(mine);
            }
            if (!isDone() && settlement == null) {
                LockSupport.park(this);
            }
        }
        waiter = null;
        if (self.isInterrupted() && settlement != null) {
            control.deliverSoon(promise); // this thread was to complete it, and has to leave
        } else {
            deliver();
        }
    }

    /** A virtual thread would give up its processor in the middle. */
    private static boolean isVirtual(Thread thread) {
        return thread.getClass() != Thread.class
                && thread.getClass().getName().equals("java.lang.VirtualThread");
    }

    private void wakeWaiter() {
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Returns the id of the task, as {@link Worker#taskId} returns it in the task.
     *
     * @return the id, from 1 on in each pool
     */
    public long id() {
        return id;
    }

    /**
     * Returns how far the task is, as it says by {@link Worker#progress}.
     *
     * @return its last progress; 0 before, and 1 when it has returned
     */
    public double progress() {
        if (isDone()) {
            return isCompletedExceptionally() ? 0 : 1;
        }
        Task mine = task;
        return mine == null ? 0 : control.progress(mine);
    }

    /**
     * Cancels the task. One that has not begun never runs. One that is running goes on, and its
     * result is dropped, unless {@code mayInterruptIfRunning}: then its thread is interrupted, and
     * if it has not ended after {@link ProcessPoolExecutor#CANCEL_GRACE} (or what the pool was
     * built with) its worker is killed and replaced. That holds as well for a task that still runs
     * though its future was completed or cancelled before.
     *
     * @param mayInterruptIfRunning whether a running task is stopped
     * @return whether the future is cancelled now
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        Task mine = task;
        if (mine != null) { // first: actions that depend on this may wait for the task's end
            if (!isDone()) {
                control.cancelled(mine, mayInterruptIfRunning);
            } else if (mayInterruptIfRunning) {
                control.takeBackOrStop(mine, true);
            }
        }
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        wakeWaiter();
        return cancelled;
    }

    /**
     * The owner completes this, not the pool, so the task need not run any more. Called first,
     * because actions that depend on this may wait for the task's end.
     */
    private void ownerCompletes() {
        Task mine = task;
        if (mine != null) {
            control.takeBackOrStop(mine, false);
        }
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        if (!isDone()) {
            await();
        }
        return super.get();
    }

    @Override
    public V join() {
        if (!isDone()) {
            await();
        }
        return super.join();
    }

    @Override
    public boolean complete(V value) {
        ownerCompletes();
        boolean first = super.complete(value);
        wakeWaiter();
        return first;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        ownerCompletes();
        boolean first = super.completeExceptionally(failure);
        wakeWaiter();
        return first;
    }

    @Override
    public void obtrudeValue(V value) {
        ownerCompletes();
        super.obtrudeValue(value);
        wakeWaiter();
    }

    @Override
    public void obtrudeException(Throwable failure) {
        ownerCompletes();
        super.obtrudeException(failure);
        wakeWaiter();
    }

    /** {@inheritDoc} */
    @Override
    public CompletableFuture<V> completeAsync(Supplier<? extends V> supplier, Executor executor) {
        LaterValue.complete(this, supplier, executor);
        return this;
    }

    /** The pool's view of this future. */
    private final class Promise implements TaskPromise {

        @Override
        public long id() {
            return id;
        }

        @Override
        public boolean isDone() {
            return TaskFuture.this.isDone();
        }

        @Override
        public boolean isCancelled() {
            return TaskFuture.this.isCancelled();
        }

        @Override
        public boolean isSettled() {
            return settlement != null || TaskFuture.this.isDone();
        }

        @Override
        public boolean hasDependents() {
            return getNumberOfDependents() > 0;
        }

        @Override
        public boolean settle(Settlement how) {
            settlement = how;
            Thread thread = waiter;
            if (thread == null || hasDependents()) {
                return false;
            }
            if (thread != Thread.currentThread()) {
                LockSupport.unpark(thread);
            }
            return true;
        }

        @Override
        public void run() {
            TaskFuture.this.deliver();
        }

        @Override
        public void returned(Object value) {
            @SuppressWarnings("unchecked") // completed with what the task returned
            V result = given != null ? given : (V) value;
            TaskFuture.super.complete(result);
            wakeWaiter();
        }

        @Override
        public void failed(Throwable failure, int worker) {
            if (TaskFuture.super.completeExceptionally(failure)) {
                control.failed(id, name, failure, worker);
            }
            wakeWaiter();
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return TaskFuture.this.cancel(mayInterruptIfRunning);
        }

        @Override
        public void forgetTask() {
            task = null;
        }
    }
}
