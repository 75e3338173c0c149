/**
 * Objects under way between two processes: the ends of pipes and lanes inside a message, and what a
 * task gave, its value or its exception.
 *
 * <p>{@link dev.procession.core.transfer.Transfers} encodes an object together with the ends that
 * move in it, on the sender's side; {@link dev.procession.core.transfer.TaskOutcome} carries a
 * result and {@link dev.procession.core.transfer.FailureCodec} an exception, which it always can:
 * what went wrong in a task cannot take down the thread that reports it.
 *
 * <p>For Procession's own modules; users meet only the exceptions that arrive.
 */
@NullMarked
package dev.procession.core.transfer;

import org.jspecify.annotations.NullMarked;
