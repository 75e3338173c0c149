/**
 * The manager's server: Netty's event loop, and the shared objects, which its one thread uses.
 *
 * <p>Runs in the server's process: a JVM of its own, whose main program is {@link
 * dev.procession.manager.server.ServerEntry}, or the JVM of a program that embeds it. {@link
 * dev.procession.manager.server.ManagerServer} is the entry point; it makes the parts and gives
 * each the ones that it uses. A connection begins with a {@code HandshakeHandler}, then a {@code
 * ConnectionHandler} passes its requests to the client's {@code RequestStream}. {@code
 * RequestExecutor} carries each {@code Call} out, on a {@code SharedObject} of the {@code
 * ObjectTable}. {@code FrameWriter} sends the answers of a turn together, after the {@code Store}
 * has committed.
 *
 * <p><b>Threads.</b> No object has a lock: the loop handles every message, timer and death, one
 * after the other. {@code LoopTasks} and {@code ManagerServer.close} may be used by other threads.
 * Users' classes are loaded for the objects of {@code Manager.shared} alone, which have threads of
 * their own. <b>Time.</b> A request that waits is kept as a request, with a timer of the loop.
 * <b>Memory.</b> {@code ServerBounds} bounds what is stored; a request stream bounds its waiting
 * requests and kept answers; answers are split into pages. A server that runs out of memory ends
 * ({@code ServerFailure}).
 */
@NullMarked
package dev.procession.manager.server;

import org.jspecify.annotations.NullMarked;
