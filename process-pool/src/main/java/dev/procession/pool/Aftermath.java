package dev.procession.pool;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * What is done at leisure when a worker has died: its tasks' processes are ended, and the log is
 * told.
 *
 * @param crash the death
 * @param victim the task that the worker was running, or null
 * @param expected whether the pool had told or made the worker to end
 * @param strays what its tasks have started
 */
record Aftermath(Crash crash, @Nullable Task victim, boolean expected, Strays strays)
        implements Runnable {

    @Override
    public void run() {
        strays.run();
        System.getLogger(ProcessPoolExecutor.class.getName())
                .log(
                        expected ? Level.DEBUG : Level.WARNING,
                        () ->
                                crash.during(victim == null ? "no task" : victim.description())
                                        .getMessage());
    }
}
