package dev.procession.pool;

import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/**
 * Clean-up after a worker's death, off the pool's thread: kills the processes that its tasks have
 * started, and logs the death.
 *
 * @param loss the message for the log
 * @param expected whether the pool itself had ended the worker
 * @param leftovers the processes that its tasks have started
 */
record DeathReport(Supplier<String> loss, boolean expected, LeftoverProcesses leftovers)
        implements Runnable {

    /** Users see what happens to workers in the log of the executor. */
    private static final Log LOG = Log.of(ProcessPoolExecutor.class);

    @Override
    public void run() {
        leftovers.run();
        LOG.logger().log(expected ? Level.DEBUG : Level.WARNING, loss);
    }
}
