/**
 * Waiting for many futures of any kind, in the caller's process.
 *
 * <p>{@link dev.procession.core.Futures} is the face of this package. Nothing here polls: a future
 * that calls listeners back is asked to, and any other one costs a thread that blocks in its {@code
 * get}. Waits take a {@link dev.procession.core.time.Timeout} and end with an interrupt.
 */
@NullMarked
package dev.procession.core.future;

import org.jspecify.annotations.NullMarked;
