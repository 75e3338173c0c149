/**
 * An {@link java.util.concurrent.ExecutorService} whose workers are processes: the place of
 * Python's {@code concurrent.futures.ProcessPoolExecutor}.
 *
 * <p>{@link dev.procession.pool.ProcessPoolExecutor} is where to begin. Its builder sets how many
 * workers there are, what they may use and when they are replaced; {@link
 * dev.procession.pool.TaskOptions} are for one task. A submitted task has a {@link
 * dev.procession.pool.TaskFuture}; the task itself finds its {@link dev.procession.pool.Worker}.
 * Code that does not depend on where its tasks run takes a {@link
 * dev.procession.pool.TaskExecutor}.
 *
 * <p>The types are used in the process that makes the pool, except for {@code Worker} and the
 * restoring half of {@link dev.procession.pool.TaskContext}, which are used in the workers.
 *
 * <p><b>What a death costs.</b> A worker's death costs the task that it was running, whose future
 * fails with a {@link dev.procession.core.WorkerCrashedException}, or which is run again if it was
 * submitted with retries. Tasks that were only sent ahead run elsewhere. Processes that its tasks
 * have started are ended. The parent's death ends all workers within a second.
 *
 * <p><b>Times.</b> A timeout counts from the task's start in a worker. A task that is stopped, by
 * {@code cancel(true)}, a timeout or {@code shutdownNow}, is interrupted first; after the grace
 * period its worker is killed and replaced. No other task is affected.
 *
 * <p><b>Memory.</b> What the submitter did before is seen by a task only as far as it was
 * serialised with it. What a task did happens before its future is seen as done.
 */
@NullMarked
package dev.procession.pool;

import org.jspecify.annotations.NullMarked;
