/**
 * Medians, ratios with their intervals, and the states that figures fall into.
 *
 * <p>{@link dev.procession.bench.statistics.Ratio} is the entry point: how one row of figures
 * stands beside another. All types are immutable and know nothing of what was measured.
 */
@NullMarked
package dev.procession.bench.statistics;

import org.jspecify.annotations.NullMarked;
