package dev.procession.manager.store;

import dev.procession.core.log.Log;
import dev.procession.core.thread.IdleThread;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does one long job of a store after the other beside the server's thread. It is not interrupted,
 * as that would close the store's file. Any thread may use it.
 */
public final class StoreThread {

    private static final Log LOG = Log.of(StoreThread.class);

    /** How long it waits for memory to report that a job has ended. */
    private static final long MEMORY_NANOS = 10_000_000;

    private final Consumer<Runnable> server;
    private final ThreadPoolExecutor thread;
    private volatile boolean closing;

    /**
     * Prepares a thread.
     *
     * @param server runs a task on the server's thread
     */
    public StoreThread(String name, Consumer<Runnable> server) {
        this.server = server;
        this.thread = IdleThread.named(name);
    }

    /** A step that may fail. */
    public interface Job {
        void run() throws IOException;
    }

    /**
     * Does a job, then runs a task on the server's thread, unless the server ends. If no thread can
     * be started, the job has failed by that, and the task runs at once.
     *
     * @param then gets what the job has thrown, or null
     */
    public void execute(Job job, Consumer<@Nullable Throwable> then) {
        Work work = new Work(job, then);
        try {
            thread.execute(work);
        } catch (OutOfMemoryError e) {
            boolean unused = thread.remove(work);
            work.thrown = e;
            work.finish();
        }
    }

    /** A job and what follows it. */
    private final class Work implements Runnable {
        private final Job job;
        private final Consumer<@Nullable Throwable> then;
        private final Runnable report = this::finish;
        private @Nullable Throwable thrown;

        /** Used by the server's thread: a report that failed may have been taken all the same. */
        private boolean finished;

        Work(Job job, Consumer<@Nullable Throwable> then) {
            this.job = job;
            this.then = then;
        }

        @Override
        public void run() {
            thrown = thrownBy(job);
            while (!closing) {
                try {
                    server.accept(report);
                    return;
                } catch (RejectedExecutionException e) { // the server has ended
                    return;
                } catch (OutOfMemoryError e) { // the server waits for this report
                    LockSupport.parkNanos(MEMORY_NANOS);
                }
            }
        }

        private void finish() {
            if (!closing && !finished) {
                finished = true;
                then.accept(thrown);
            }
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

    /** Whether the server ends. */
    boolean isClosing() {
        return closing;
    }

    /** Has jobs stop, and returns when none runs any more. */
    public void close() {
        while (!close(1)) {
            // Its jobs stop soon.
        }
    }

    /** Has jobs stop; false if one still runs after some seconds. */
    public boolean close(long seconds) {
        closing = true;
        thread.shutdown();
        boolean interrupted = false;
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (true) {
                try {
                    return thread.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
