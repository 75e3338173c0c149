package dev.procession.pool;

import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/**
 * What is done at leisure when a worker has died: its tasks' processes are ended, and the log is
 * told.
 *
 * @param loss what the log is told
 * @param expected whether the pool had told or made the worker to end
 * @param strays what its tasks have started
 */
record Aftermath(Supplier<String> loss, boolean expected, Strays strays) implements Runnable {

    @Override
    public void run() {
        strays.run();
        System.getLogger(ProcessPoolExecutor.class.getName())
                .log(expected ? Level.DEBUG : Level.WARNING, loss);
    }
}
