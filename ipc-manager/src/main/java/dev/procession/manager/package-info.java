/**
 * Shared collections, locks and objects, kept by a server process: the counterpart of Python's
 * {@code multiprocessing.Manager}.
 *
 * <p>{@link dev.procession.manager.Manager} is the entry point: it starts a server or attaches to
 * one, and returns proxies by kind and name. A proxy implements the interface of its counterpart in
 * {@code java.util} or {@code java.util.concurrent}, may be used by any thread, and may be captured
 * by tasks and child processes. {@link dev.procession.manager.ManagerMain} is a program that runs a
 * server.
 *
 * <p><b>Time.</b> Calls wait for the server's answer and have no time limit of their own: a server
 * that is stopped delays its callers until it goes on. The server keeps the time of methods with a
 * time-out. <b>Memory.</b> Keys and values travel as copies, up to the size that the server was
 * started with ({@link dev.procession.manager.ManagerBuilder#maxMessageBytes}).
 *
 * <p><b>Asynchronous calls.</b> A method whose name ends in {@code Async} sends its request and
 * returns at once. The server carries the requests of a process out in their order, asynchronous or
 * not, and those that are under way together share their trips. The future gets what the method
 * without {@code Async} returns, and fails as that would; what cannot be encoded throws in the
 * caller's thread. Dependent actions run in a thread of the manager's or in one that waits for such
 * a future. They may call the manager and wait for others of these futures, but for nothing else:
 * meanwhile no connection is made, and no answer is read for threads that wait for futures. An
 * action that waits for another one by other means, by a latch for example, may wait for ever. A
 * process has at most 4,096 such calls under way, of about 8 MiB; a further one first waits for an
 * answer. Calls that may wait in the server ({@code putAsync}, {@code takeAsync}, {@code
 * acquireAsync}) do not count for the others: there are also at most 4,096 of them, of about 8 MiB.
 * A further one waits for the end of another one for ten seconds, then its future fails with a
 * {@link java.util.concurrent.RejectedExecutionException}; in the manager's thread it fails at
 * once. A call that was given up counts until the server has confirmed that. Of calls that block
 * and have timed out there are at most 4,096 that the server has not confirmed; then a further call
 * that may wait fails with a {@link dev.procession.manager.ManagerException}, until the server
 * answers again.
 *
 * <p>A future that is cancelled, or completed by other means such as {@code orTimeout}, withdraws
 * its request: what was not carried out is not carried out any more, and an element or permits that
 * the server has granted meanwhile go back. So either the future has them, or the server. Another
 * change that has been made stays. {@code obtrudeValue} and {@code obtrudeException} would do
 * neither, and throw {@link UnsupportedOperationException}. A future that depends on the method's
 * does not pass its cancellation on, as with all of the JDK's. When a process dies, or closes its
 * manager, its calls that wait are forgotten; what was granted is as with the method that blocks.
 */
@NullMarked
package dev.procession.manager;

import org.jspecify.annotations.NullMarked;
