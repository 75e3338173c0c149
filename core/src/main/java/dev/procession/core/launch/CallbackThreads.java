package dev.procession.core.launch;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Daemon threads that decode what children sent and run users' callbacks: as many as are needed, so
 * that one that blocks holds up nobody else.
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

    public static void run(Runnable task) {
        THREADS.execute(task);
    }
}
