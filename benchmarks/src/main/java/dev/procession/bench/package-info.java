/**
 * Measurements: micro-benchmarks of the parts, and whole programs beside what else does their job.
 *
 * <p>{@link dev.procession.bench.Bench} is the command line. A {@code Comparison} names {@code
 * Rival}s that do the same work, a {@code Race} lets them take turns, a {@code Bar} is what
 * Procession must reach beside one of them; {@code Catalogue} has all that there are. {@code
 * Report} writes the table and the JSON.
 *
 * <p>A figure means something only with the versions, the JDK and the machine printed above it.
 */
@NullMarked
package dev.procession.bench;

import org.jspecify.annotations.NullMarked;
