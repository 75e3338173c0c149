/**
 * The parent's side of a pool: it queues tasks, sends them to workers, settles their futures, and
 * starts, ends and replaces workers.
 *
 * <p>All of it runs in the process that made the pool. {@link
 * dev.procession.pool.dispatch.Dispatcher} is the entry point and the thread of a pool. The user's
 * futures are known here as {@link dev.procession.pool.dispatch.TaskPromise}.
 *
 * <p><b>Threads.</b> One lock for each pool guards its tasks and workers. Nothing waits, forks or
 * runs the user's code under it: what is decided under the lock is collected in {@link
 * dev.procession.pool.dispatch.Decisions} and done after the lock is released. Only the
 * dispatcher's thread reads the workers' lanes. Completer threads decode results that no thread
 * waits for, and run dependent actions.
 *
 * <p><b>Time.</b> Times are nanoseconds of {@link System#nanoTime}; {@link
 * dev.procession.core.time.Timeout#FOREVER} means no limit.
 *
 * <p><b>Memory.</b> Where this process may run out of memory, what is needed is allocated before
 * anything is changed, so that a step that has failed can be repeated.
 */
@NullMarked
package dev.procession.pool.dispatch;

import org.jspecify.annotations.NullMarked;
