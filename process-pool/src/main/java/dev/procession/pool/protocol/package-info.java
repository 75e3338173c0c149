/**
 * What a pool and its workers know of each other: the messages of a worker's lane, the words beside
 * them, and the form of tasks and results.
 *
 * <p>The same classes run in the parent and in the workers. {@link
 * dev.procession.pool.protocol.LaneMessage} lists the messages, {@link
 * dev.procession.pool.protocol.TaskWord} draws the words and says what each moment of a worker's
 * death leaves behind.
 *
 * <p><b>Threads.</b> The types are immutable or used by one thread. A lane has one writer and one
 * reader on each side; its words are changed by compare-and-set.
 */
@NullMarked
package dev.procession.pool.protocol;

import org.jspecify.annotations.NullMarked;
