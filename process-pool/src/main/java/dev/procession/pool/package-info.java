/**
 * An {@link java.util.concurrent.ExecutorService} whose workers are processes: the place of
 * Python's {@code concurrent.futures.ProcessPoolExecutor}.
 */
@NullMarked
package dev.procession.pool;

import org.jspecify.annotations.NullMarked;
