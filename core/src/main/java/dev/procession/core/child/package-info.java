/**
 * What runs in a process that {@link dev.procession.core.ChildProcess} has started.
 *
 * <p>The entry point is {@link dev.procession.core.child.ChildBody}: it decodes the body, runs it
 * on the main thread, and sends what it returned or threw to the parent.
 */
@NullMarked
package dev.procession.core.child;

import org.jspecify.annotations.NullMarked;
