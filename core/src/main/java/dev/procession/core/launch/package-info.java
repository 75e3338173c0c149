/**
 * Starts JVMs: class path, flags, start-up archive, output and exit codes.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.launch;

import org.jspecify.annotations.NullMarked;
