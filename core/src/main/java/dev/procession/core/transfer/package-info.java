/**
 * Objects under way between two processes: the ends of pipes and lanes inside a message, and the
 * value or the exception of a task.
 *
 * <p>{@link dev.procession.core.transfer.Transfers} encodes an object together with the ends that
 * move in it, on the sender's side; {@link dev.procession.core.transfer.TaskOutcome} holds a
 * result, and {@link dev.procession.core.transfer.FailureCodec} encodes an exception. It never
 * throws, so an exception of a task cannot end the thread that reports it. Both sides use this
 * package, on the thread that calls it; no method waits.
 *
 * <p>For Procession's own modules; users meet only the exceptions that arrive.
 */
@NullMarked
package dev.procession.core.transfer;

import org.jspecify.annotations.NullMarked;
