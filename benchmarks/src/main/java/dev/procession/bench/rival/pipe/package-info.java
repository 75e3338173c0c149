/**
 * Rivals that send messages between two processes: pipes, sockets, Aeron.
 *
 * <p>Each has one end in the measuring JVM and the other one in a child process, and measures round
 * trips or a flow in one direction. {@code PipeComparisons} names them.
 */
@NullMarked
package dev.procession.bench.rival.pipe;

import org.jspecify.annotations.NullMarked;
