/**
 * Waiting for many futures of any kind, in the caller's process.
 *
 * <p>{@link dev.procession.core.Futures} is the entry point. No class here polls: a future that
 * calls listeners gets one, and any other costs a thread that blocks in its {@code get}. Waits take
 * a {@link dev.procession.core.time.Timeout} and end with an interrupt.
 */
@NullMarked
package dev.procession.core.future;

import org.jspecify.annotations.NullMarked;
