/**
 * The command that measures Procession, and the list of its measurements.
 *
 * <p>{@link dev.procession.bench.Bench} is the entry point, which {@code ./bench} starts. {@code
 * Catalogue} lists the comparisons and the bars, {@code Growths} lists the measurements at several
 * sizes; each {@code …Comparisons} has those of one module.
 *
 * <p>All of it runs in the measuring JVM. The packages below it, from the top: {@code report}
 * writes the results, {@code rival} has the rivals, {@code micro} the benchmarks of JMH, {@code
 * race} measures, {@code machine} reads the machine's load, and {@code statistics} computes.
 *
 * <p>A figure means something only with the versions, the JDK and the machine printed above it.
 */
@NullMarked
package dev.procession.bench;

import org.jspecify.annotations.NullMarked;
