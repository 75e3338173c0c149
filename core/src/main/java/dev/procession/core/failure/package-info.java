/**
 * Carries exceptions from one process to another. {@link dev.procession.core.failure.FailureCodec}
 * is the entry point: it never throws, so that what went wrong in a task cannot take down the
 * thread that reports it.
 *
 * <p>For Procession's own modules; users meet only the exceptions that arrive.
 */
@NullMarked
package dev.procession.core.failure;

import org.jspecify.annotations.NullMarked;
