/**
 * A client's connections to a manager's server, and the calls on them. It knows messages, and no
 * users' objects; nothing of Netty is loaded here.
 *
 * <p>Runs in each process that uses a server. {@link dev.procession.manager.client.ManagerClient}
 * is the entry point. A synchronous call takes a {@code SyncStream}, which one thread at a time
 * uses: it writes the request and reads the answer itself. All asynchronous calls and watches share
 * one {@link dev.procession.manager.client.Pipeline}. A request stream survives its connection: its
 * requests are numbered, and what has no answer is sent again. {@code ServerAccess} makes the
 * connections; {@code Dialer} also keeps the client's proof of life.
 *
 * <p><b>Threads.</b> All of them are daemons, and begin when they are needed: {@code
 * procession-manager-pipeline} with the first asynchronous call, {@code procession-manager-events}
 * with the first event, {@code procession-manager-alarms} while a wait has a limit, {@code
 * procession-manager-withdrawals} while a request is to be withdrawn. {@code
 * docs/synchronization.md} has the locks and their order. <b>Time.</b> The server keeps the time of
 * a wait; the client ends a call a little later by its own clock, if the server stands still.
 * <b>Memory.</b> A connection reuses two small buffers; a larger message is allocated. At most
 * {@code Pipeline.WINDOW} asynchronous calls and 8 MiB of their requests are under way.
 *
 * <p>Of the face it uses the exceptions alone.
 */
@NullMarked
package dev.procession.manager.client;

import org.jspecify.annotations.NullMarked;
