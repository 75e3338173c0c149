/**
 * Logging of the internal classes, in any process.
 *
 * <p>The entry point is {@link dev.procession.core.log.Log}.
 */
@NullMarked
package dev.procession.core.log;

import org.jspecify.annotations.NullMarked;
