package dev.procession.pool.dispatch;

import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/**
 * Clean-up after a worker's death, off the pool's thread: kills the processes that its tasks have
 * started, and logs the death.
 *
 * @param log where the death is logged
 * @param loss the message for the log
 * @param expected whether the pool itself had ended the worker, for no fault of a task
 * @param leftovers the processes that its tasks have started
 */
record DeathReport(Log log, Supplier<String> loss, boolean expected, LeftoverProcesses leftovers)
        implements Runnable {

    @Override
    public void run() {
        leftovers.run();
        log.log(expected ? Level.DEBUG : Level.WARNING, loss);
    }
}
