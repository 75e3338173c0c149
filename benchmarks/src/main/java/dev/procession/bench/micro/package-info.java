/**
 * Benchmarks of single parts, by JMH.
 *
 * <p>{@link dev.procession.bench.micro.Micro} is the entry point. It runs each class of this
 * package whose name ends in {@code Benchmark}, in JVMs that JMH starts.
 */
@NullMarked
package dev.procession.bench.micro;

import org.jspecify.annotations.NullMarked;
