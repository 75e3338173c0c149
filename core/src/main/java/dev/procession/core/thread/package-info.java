/**
 * Threads of the internal classes that are there only while there is work, in any process.
 *
 * <p>The entry point is {@link dev.procession.core.thread.IdleThread}.
 */
@NullMarked
package dev.procession.core.thread;

import org.jspecify.annotations.NullMarked;
