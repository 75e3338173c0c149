/**
 * The manager's server as a whole: Netty's event loop, its address and files, its main program.
 *
 * <p>Runs in the server's process: a JVM of its own, whose main program is {@link
 * dev.procession.manager.server.ServerEntry}, or the JVM of a program that embeds it. {@link
 * dev.procession.manager.server.ManagerServer} is the entry point; it makes the parts and gives
 * each the ones that it uses: {@code manager.stream} has the connections of clients, {@code
 * manager.objects} what they share, {@code manager.store} the file. {@code RequestExecutor} stands
 * between them: it carries each request out on the object that the request names.
 *
 * <p><b>Threads.</b> The loop's one thread does everything; {@code ManagerServer.close} may be
 * called by others.
 */
@NullMarked
package dev.procession.manager.server;

import org.jspecify.annotations.NullMarked;
