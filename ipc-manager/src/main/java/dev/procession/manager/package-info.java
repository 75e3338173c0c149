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
 */
@NullMarked
package dev.procession.manager;

import org.jspecify.annotations.NullMarked;
