/**
 * A client's connection to a manager's server, and the calls on it. It knows messages, and no
 * users' objects; nothing of Netty is loaded here.
 *
 * <p>Runs in each process that uses a server. {@link dev.procession.manager.client.ManagerClient}
 * is the entry point. All threads share one {@code ServerConnection}: {@code Exchange} writes and
 * reads, {@code PendingCalls} is the book of what is under way, {@code ReaderTurns} decides which
 * thread reads, {@code CallWait} is one blocked caller. A synchronous call and an asynchronous one
 * differ only in how their end is handed over. {@code Dialer} makes connections and keeps the
 * client's proof of life.
 *
 * <p><b>Threads.</b> All are daemons, and begin when they are needed: {@code
 * procession-manager-connection} with the first call, {@code procession-manager-events} with the
 * first event, up to 4,096 {@code procession-manager-actions} when too many actions wait for each
 * other on one thread. {@code docs/synchronization.md} has the locks and their order. <b>Time.</b>
 * The server keeps the time of a wait; the client ends a call a little later by its own clock, if
 * the server stands still. <b>Memory.</b> The connection reuses small buffers; a larger message is
 * allocated. A {@code CallWindow} bounds the asynchronous calls under way, and another one those
 * that may wait in the server.
 *
 * <p>Of the face it uses the exceptions alone.
 */
@NullMarked
package dev.procession.manager.client;

import org.jspecify.annotations.NullMarked;
