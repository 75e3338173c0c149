/**
 * What the server exchanges with its clients: connections, requests, answers, events, and what
 * bounds them.
 *
 * <p>Runs in the server's process. A connection begins with a {@link
 * dev.procession.manager.stream.HandshakeHandler}, then a {@code ConnectionHandler} passes its
 * requests to the client's {@code RequestStream}, which has each carried out once and in order, as
 * a {@code Call} of a {@code SharedObject}, and keeps the answer until the client confirms it.
 * {@code FrameWriter} sends the answers of a turn together, after the store has committed; what no
 * socket takes waits in a {@code FrameQueue}.
 *
 * <p><b>Threads.</b> The server's loop alone; {@code LoopTasks} may be used by other threads.
 * <b>Memory.</b> {@code ServerBounds} has all bounds, {@code ServerStats} counts what is in use. A
 * server that runs out of memory ends ({@code ServerFailure}).
 */
@NullMarked
package dev.procession.manager.stream;

import org.jspecify.annotations.NullMarked;
