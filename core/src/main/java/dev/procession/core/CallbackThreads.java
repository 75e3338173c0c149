package dev.procession.core;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Daemon threads that decode what children sent and run users' callbacks: as many as are needed, so
 * that one that blocks holds up nobody else.
 */
final class CallbackThreads {

    private static final Executor THREADS =
            Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task, "procession-callback");
                        thread.setDaemon(true);
                        return thread;
                    });

    private CallbackThreads() {}

    static void run(Runnable task) {
        THREADS.execute(task);
    }
}
