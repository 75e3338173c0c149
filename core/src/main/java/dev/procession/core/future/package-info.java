/**
 * Waiting for many futures of any kind, in the caller's process.
 *
 * <p>{@link dev.procession.core.Futures} is the entry point. No class here polls: a future that
 * calls listeners gets one, and any other costs a thread that blocks in its {@code get}. Waits take
 * a {@link dev.procession.core.time.Timeout} and end with an interrupt. Siblings that make futures
 * of their own use {@link dev.procession.core.future.LaterValue}.
 */
@NullMarked
package dev.procession.core.future;

import org.jspecify.annotations.NullMarked;
