package dev.procession.core.launch;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Daemon threads that decode the results of children and run users' callbacks. Their number is not
 * bounded, so a callback that blocks delays no other.
 */
public final class CallbackThreads {

    private static final Executor THREADS =
            Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task, "procession-callback");
                        thread.setDaemon(true);
                        return thread;
                    });

    private CallbackThreads() {}

    /**
     * Runs a task on one of these threads.
     *
     * @throws OutOfMemoryError if no thread can be created
     */
    public static void run(Runnable task) {
        THREADS.execute(task);
    }
}
