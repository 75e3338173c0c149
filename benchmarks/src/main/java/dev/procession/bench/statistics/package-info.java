/**
 * Medians, ratios with their intervals, and the states that figures fall into.
 *
 * <p>{@link dev.procession.bench.statistics.Ratio} is the entry point: the ratio of one row of
 * figures to another. All types are immutable and independent of the measurements.
 */
@NullMarked
package dev.procession.bench.statistics;

import org.jspecify.annotations.NullMarked;
