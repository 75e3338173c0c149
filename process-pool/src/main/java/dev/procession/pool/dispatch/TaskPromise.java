package dev.procession.pool.dispatch;

/**
 * What the parent's side of a pool may do with the future of a task.
 *
 * <p>The future is an object of the user's, so completing it may run the user's code; the methods
 * that complete it are never called under a lock.
 */
public interface TaskPromise extends Runnable {

    /** Returns the id of the task. */
    long id();

    /** Whether the future is completed, by the pool or by its owner. */
    boolean isDone();

    /** Whether the future is cancelled. */
    boolean isCancelled();

    /** Whether {@link #settle} was called, or the future is completed. */
    boolean isSettled();

    /** Whether completing the future runs dependent actions. */
    boolean hasDependents();

    /**
     * Stores how the task has ended. Called once at most.
     *
     * @return true if a thread that waits for the future completes it; otherwise the caller has to
     *     see that {@link #run} is called
     */
    boolean settle(Settlement settlement);

    /** Completes the future with what {@link #settle} has stored, unless another thread has. */
    @Override
    void run();

    /** Completes the future with what the task returned. */
    void returned(Object value);

    /**
     * Completes the future with the failure of the task.
     *
     * @param worker the index of the worker that ran it last; less than 0 if none did
     */
    void failed(Throwable failure, int worker);

    /** Cancels the future; false if it was completed before. */
    boolean cancel(boolean mayInterruptIfRunning);

    /** Forgets the task, which is no longer in the pool. */
    void forgetTask();
}
