package dev.procession.manager.server;

import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does one long job of a store after the other beside the server's thread. It is not interrupted,
 * as that would close the store's file. Any thread may use it.
 */
final class StoreThread {

    private static final Log LOG = Log.of(StoreThread.class);

    private final Consumer<Runnable> server;
    private final ThreadPoolExecutor thread = IdleThread.named("procession-manager-store");
    private volatile boolean closing;

    /**
     * Prepares a thread.
     *
     * @param server runs a task on the server's thread
     */
    StoreThread(Consumer<Runnable> server) {
        this.server = server;
    }

    /** A step that may fail. */
    interface Job {
        void run() throws IOException;
    }

    /**
     * Does a job, then runs a task on the server's thread, unless the server ends.
     *
     * @param then gets what the job has thrown, or null
     */
    void execute(Job job, Consumer<@Nullable Throwable> then) {
        thread.execute(
                () -> {
                    Throwable thrown = thrownBy(job);
                    if (!closing) {
                        try {
                            server.accept(() -> finish(then, thrown));
                        } catch (RejectedExecutionException e) {
                            // The server has ended.
                        }
                    }
                });
    }

    private void finish(Consumer<@Nullable Throwable> then, @Nullable Throwable thrown) {
        if (!closing) {
            then.accept(thrown);
        }
    }

    private static @Nullable Throwable thrownBy(Job job) {
        try {
            job.run();
            return null;
        } catch (Throwable e) { // an Error is this job's as well
            return e;
        }
    }

    /** Reports a job that failed without harm. */
    static void report(@Nullable Throwable thrown) {
        if (thrown != null) {
            LOG.report(Level.WARNING, "the store could not tidy up", thrown);
        }
    }

    /**
     * Does nothing, unless the server ends.
     *
     * @throws IOException if it does, so that the job stops
     */
    void requireOpen() throws IOException {
        if (closing) {
            throw new IOException("the server ends");
        }
    }

    /** Returns when no job runs any more. */
    void close() {
        closing = true;
        thread.shutdown();
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                boolean unused = thread.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
