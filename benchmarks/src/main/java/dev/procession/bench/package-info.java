/**
 * Measurements: micro-benchmarks of the parts, and whole programs beside what else does their job.
 *
 * <p>A figure means something only with the versions, the JDK and the machine printed above it.
 */
package dev.procession.bench;
