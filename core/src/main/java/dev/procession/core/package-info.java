/**
 * The public types of Procession's core: child processes, waiting for futures, and turning objects
 * into bytes.
 *
 * <p>{@code ChildProcess} runs a body in a JVM of its own and is the entry point for a single piece
 * of work. {@link dev.procession.core.Futures} waits for many futures, of threads and of processes
 * alike. The {@code Serializable…} types are the functional interfaces whose lambdas can cross to
 * another process, and {@link dev.procession.core.Codec} turns objects into bytes and back.
 *
 * <p>A timeout is a {@link java.time.Duration} for the one call it is given to. The exceptions that
 * report facts of Procession's own are subclasses of {@link
 * dev.procession.core.ProcessionException}.
 */
@NullMarked
package dev.procession.core;

import org.jspecify.annotations.NullMarked;
