/**
 * Writes the results, for people and for programs.
 *
 * <p>A {@link dev.procession.bench.report.Run} has all results of one call of the command; {@link
 * dev.procession.bench.report.Report}, the entry point, writes them as Markdown, JSON and plots. It
 * runs in the measuring JVM, after the last measurement.
 */
@NullMarked
package dev.procession.bench.report;

import org.jspecify.annotations.NullMarked;
