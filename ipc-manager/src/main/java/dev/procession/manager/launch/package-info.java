/**
 * Starts a server: in a JVM of its own ({@link dev.procession.manager.launch.ServerProcess}) or in
 * this one ({@link dev.procession.manager.launch.EmbeddedServer}), at a place that {@link
 * dev.procession.manager.launch.ServerPlace} chooses.
 *
 * <p>Runs in the process that starts a server, and only there; so it is apart from the client,
 * which knows nothing of the server's classes, and from the server, which does not know who starts
 * it.
 *
 * <p><b>Threads.</b> Each class may be used by any thread. <b>Time.</b> A start waits for a minute
 * at most; an end is bounded as well, and kills the process that does not end by itself.
 * <b>Memory.</b> Netty is loaded for an embedded server alone.
 */
@NullMarked
package dev.procession.manager.launch;

import org.jspecify.annotations.NullMarked;
