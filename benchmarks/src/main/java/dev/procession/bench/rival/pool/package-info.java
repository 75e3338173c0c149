/**
 * Rivals that run tasks: executors of processes and of threads, and bare JVMs.
 *
 * <p>A task that all executors run alike is a {@link dev.procession.bench.rival.pool.Workload}.
 * {@code ColdParent} and {@code Hello} are programs of their own, started in fresh JVMs to measure
 * their start. {@code PoolComparisons} names them.
 */
@NullMarked
package dev.procession.bench.rival.pool;

import org.jspecify.annotations.NullMarked;
