/**
 * How long the internal methods wait, in any process.
 *
 * <p>The entry point is {@link dev.procession.core.time.Timeout}.
 */
@NullMarked
package dev.procession.core.time;

import org.jspecify.annotations.NullMarked;
