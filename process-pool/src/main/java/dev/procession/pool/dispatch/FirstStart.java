package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.launch.ChildJvm;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The dispatcher's thread of a pool before there is a dispatcher: it creates the process of the
 * first worker while another thread makes the pool. In a cold JVM the parts of a pool take half as
 * long as the worker's JVM takes to come up.
 *
 * <p>Only the worker's lane waits for the pool. The thread that makes the pool calls {@link #serve}
 * when the pool is made, and {@link #endUnlessServing} in any case. This object itself guards what
 * they set.
 */
public final class FirstStart implements Runnable, ChildJvm.Work {

    private final PoolOptions options;
    private final String mark = LeftoverProcesses.newMark(0);
    private final Thread thread;

    /** The process, or why there is none; for this object's thread alone. */
    private @Nullable ChildJvm process;

    private @Nullable Throwable failure;

    @GuardedBy("this")
    private ChildJvm.@Nullable Work lane;

    @GuardedBy("this")
    private @Nullable Runnable pool;

    @GuardedBy("this")
    private boolean ended;

    private FirstStart(PoolOptions options) {
        this.options = options;
        this.thread = new Thread(null, this, options.name() + "-dispatcher");
        thread.setDaemon(false);
    }

    /** Begins to start the first worker of a pool; returns at once. */
    public static FirstStart begin(PoolOptions options) {
        FirstStart start = new FirstStart(options);
        start.thread.start();
        return start;
    }

    /** Returns the thread that is the dispatcher's from the beginning. */
    Thread thread() {
        return thread;
    }

    /** Returns the mark of the worker. */
    String mark() {
        return mark;
    }

    /**
     * Lets the thread go on, because the pool is made.
     *
     * @param work makes the worker's lane
     * @param rest what the thread does after the start, whether or not there is a process
     */
    synchronized void serve(ChildJvm.Work work, Runnable rest) {
        lane = work;
        pool = rest;
        notifyAll();
    }

    /** Ends the worker and the thread if the pool could not be made. */
    public synchronized void endUnlessServing() {
        ended = true;
        notifyAll();
    }

    private synchronized void awaitPool() {
        while (pool == null && !ended) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Only code that interrupts every thread of the JVM does this; wait again.
            }
        }
    }

    private synchronized ChildJvm.@Nullable Work lane() {
        awaitPool();
        return lane;
    }

    private synchronized @Nullable Runnable pool() {
        awaitPool();
        return pool;
    }

    @Override
    public void run() {
        try {
            process = WorkerProcess.start(options, options.workerName(0), mark, this);
        } catch (Throwable e) { // the pool reports it
            failure = e;
        }
        Runnable rest = pool();
        if (rest != null) {
            rest.run();
        }
    }

    /** Makes the worker's lane while its process comes up. */
    @Override
    public byte[] start() throws IOException {
        ChildJvm.Work work = lane();
        if (work == null) {
            throw new IOException("the pool could not be made: name=" + options.name());
        }
        return work.start();
    }

    /**
     * Returns the process; for the thread itself, after the start.
     *
     * @throws Throwable why there is none
     */
    ChildJvm process() throws Throwable {
        if (process == null) {
            throw failure == null ? new IllegalStateException("not started yet") : failure;
        }
        return process;
    }
}
