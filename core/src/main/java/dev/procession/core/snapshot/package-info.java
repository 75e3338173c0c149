/**
 * What processes tell about themselves, as plain records: what the monitor shows, and writes as
 * JSON.
 *
 * <p>Each module makes the records of what is its own when its process is asked ({@code
 * core.link.Answers}); nothing is kept before. All are immutable values of one moment, whose
 * numbers were not all read at one instant. Times are in seconds, sizes in bytes, moments in
 * milliseconds since 1970. They go from process to process as serialised records, which a process
 * of a neighbouring version can read: components that it does not know are skipped, those that are
 * missing are 0, false or null.
 */
@NullMarked
package dev.procession.core.snapshot;

import org.jspecify.annotations.NullMarked;
