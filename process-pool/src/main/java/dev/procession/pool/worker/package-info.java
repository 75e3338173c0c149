/**
 * The worker's side of a pool: it takes tasks from its lane, runs them one after the other, and
 * sends what became of them.
 *
 * <p>All of it runs in a worker process, and in the JVM that makes the start-up archive. {@link
 * dev.procession.pool.worker.WorkerMain} is the entry point.
 *
 * <p><b>Threads.</b> Tasks run on the main thread. Interrupts come on the thread that listens to
 * the parent; {@link dev.procession.pool.worker.InterruptTarget} directs each to its task. Any
 * thread of a task may ask for {@link dev.procession.pool.worker.CurrentTask}.
 *
 * <p><b>Time.</b> A worker has no timeouts of its own: the parent ends it.
 *
 * <p><b>Memory.</b> A task is claimed before it is read, so that a task which does not fit into the
 * heap is the one that has killed its worker.
 */
@NullMarked
package dev.procession.pool.worker;

import org.jspecify.annotations.NullMarked;
