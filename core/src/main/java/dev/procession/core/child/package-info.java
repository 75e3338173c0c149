/**
 * Runs in a process that {@link dev.procession.core.ChildProcess} has started.
 *
 * <p>The entry point is {@link dev.procession.core.child.ChildBody}: it decodes the body, runs it
 * on the main thread, and sends the body's value or exception to the parent. After that it waits
 * ten seconds at most until the parent has attached to the ends in the value.
 */
@NullMarked
package dev.procession.core.child;

import org.jspecify.annotations.NullMarked;
