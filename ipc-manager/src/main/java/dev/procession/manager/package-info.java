/**
 * Shared collections, locks and objects, kept by a server process: the place of Python's {@code
 * multiprocessing.Manager}.
 *
 * <p>{@link dev.procession.manager.Manager} is the way in: it starts a server or attaches to one,
 * and gives proxies by kind and name. A proxy looks like its counterpart in {@code java.util} or
 * {@code java.util.concurrent}, may be used by any thread, and may be captured by tasks and child
 * processes.
 *
 * <p><b>Time.</b> Calls wait for the server's answer and have no time limit of their own: a server
 * that is stopped holds its callers up until it goes on. Methods with a time-out are timed by the
 * server. <b>Memory.</b> Keys and values travel as copies, up to the size that the server was
 * started with ({@link dev.procession.manager.ManagerBuilder#maxMessageBytes}).
 */
@NullMarked
package dev.procession.manager;

import org.jspecify.annotations.NullMarked;
