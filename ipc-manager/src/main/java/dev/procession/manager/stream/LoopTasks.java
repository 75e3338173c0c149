package dev.procession.manager.stream;

import dev.procession.core.log.Log;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks on the server's thread, each as a turn of its own: what it wrote is sent when it
 * returns, and its failure ends neither the thread nor the next task. Any thread may use it.
 */
public final class LoopTasks {

    private static final Log LOG = Log.of(LoopTasks.class);

    private final EventLoop loop;
    private final FrameWriter writer;
    private final ServerStats stats;
    private final ServerFailure failure;

    public LoopTasks(EventLoop loop, FrameWriter writer, ServerStats stats, ServerFailure failure) {
        this.loop = loop;
        this.writer = writer;
        this.stats = stats;
        this.failure = failure;
    }

    public void execute(Runnable task) {
        loop.execute(() -> runTurn(task));
    }

    /**
     * Runs a task after the requests that have arrived meanwhile: {@link #execute} may run it
     * before them.
     */
    public void executeNextTurn(Runnable task) {
        ScheduledFuture<?> unused = schedule(task, 1, TimeUnit.NANOSECONDS);
    }

    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return loop.schedule(() -> runTurn(task), delay, unit);
    }

    /** Runs a task as a turn, on the server's thread. */
    public void runTurn(Runnable task) {
        try {
            task.run();
        } catch (OutOfMemoryError e) {
            failure.ranOutOfMemory(e);
        } catch (Throwable e) { // the next task has nothing to do with it
            stats.failure();
            LOG.report(Level.ERROR, "the manager's server failed at a task of its own", e);
        } finally {
            flush();
        }
    }

    private void flush() {
        try {
            writer.flush();
        } catch (OutOfMemoryError e) { // no other turn may follow that would do it
            failure.ranOutOfMemory(e);
        }
    }
}
