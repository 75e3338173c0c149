/**
 * Pipes between two processes: the place of Python's {@code multiprocessing.Pipe} and {@code
 * multiprocessing.connection}.
 *
 * <p>A pipe is opened as a pair of connections, one of which usually travels to another process; a
 * listener is bound to an address for processes that are not related. The death of the peer is the
 * end of the stream, after everything that it had sent.
 */
@NullMarked
package dev.procession.pipe;

import org.jspecify.annotations.NullMarked;
