package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.time.Timeout;
import java.nio.channels.Selector;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a pipeline share: its thread, its connection, and whether it is closed. This
 * table has the fields of all parts of a pipeline:
 *
 * <table>
 *   <caption>Fields of a pipeline</caption>
 *   <tr><th>field</th><th>written by</th><th>read by</th><th>ordering</th></tr>
 *   <tr><td>{@code PipelineState.connection}</td><td>the thread</td><td>all</td>
 *       <td>volatile; set after {@code PendingCalls.sendAgain}</td></tr>
 *   <tr><td>{@code PipelineState.selector}</td><td>the thread</td><td>all, to wake it</td>
 *       <td>volatile</td></tr>
 *   <tr><td>{@code PipelineState.closed}</td><td>the thread that closes the pipeline, and its own thread if it gives up</td>
 *       <td>all</td><td>under {@code change}</td></tr>
 *   <tr><td>{@code PipelineWriter.stuck}</td>
 *       <td>the holder of {@code NonBlockingConnection.writing}; the thread when it connects</td>
 *       <td>all</td><td>volatile</td></tr>
 *   <tr><td>{@code ReaderTurns.lastHelp}</td><td>callers that read or fall asleep</td>
 *       <td>the thread</td><td>volatile; the last write wins</td></tr>
 *   <tr><td>{@code ReaderTurns.resting}</td><td>the thread</td><td>callers that fall asleep</td>
 *       <td>volatile</td></tr>
 *   <tr><td>{@code ReaderTurns.asleep}</td><td>callers that fall asleep or wake up</td>
 *       <td>threads that read or deliver</td><td>atomic</td></tr>
 *   <tr><td>{@code PipelineThread.lastIncarnation}</td><td>the thread</td><td>the thread</td>
 *       <td>none</td></tr>
 * </table>
 *
 * <p>"The thread" is the pipeline's. The buffers of the connection belong to the holder of its
 * {@code writing} or {@code reading}.
 */
final class PipelineState {

    /** The actions of all calls under way may wait for each other on the thread. */
    private static final long STACK_BYTES = 16L << 20;

    private final Thread thread;
    private final Object change = new Object();
    private volatile @Nullable NonBlockingConnection connection;
    private volatile @Nullable Selector selector;

    @GuardedBy("change")
    private boolean closed;

    PipelineState(Runnable body) {
        thread = new Thread(null, body, "procession-manager-pipeline", STACK_BYTES);
        thread.setDaemon(true);
    }

    void startThread() {
        thread.start();
    }

    boolean isThread() {
        return Thread.currentThread() == thread;
    }

    /** The connection now, which may be broken; null if the thread has to make one. */
    @Nullable NonBlockingConnection connection() {
        return connection;
    }

    void setConnection(@Nullable NonBlockingConnection made) {
        connection = made;
    }

    /**
     * The selector in which the thread sleeps; null before the thread begins and after it has
     * ended.
     */
    @Nullable Selector selector() {
        return selector;
    }

    void setSelector(@Nullable Selector opened) {
        selector = opened;
    }

    /** The connection is broken: the thread makes another if it is needed. */
    void broken(NonBlockingConnection which) {
        which.close();
        wake();
    }

    /** Wakes the thread, whether it waits for work, is parked or selects. */
    void wake() {
        synchronized (change) {
            change.notifyAll(); // the thread, which waits for something to do
        }
        Selector current = selector;
        if (current != null) {
            current.wakeup();
        }
        unpark();
    }

    void unpark() {
        LockSupport.unpark(thread);
    }

    void close() {
        synchronized (change) {
            closed = true;
        }
    }

    boolean isClosed() {
        synchronized (change) {
            return closed;
        }
    }

    /**
     * Waits until there is something to do.
     *
     * @param idle whether there is nothing to do
     * @param end after which nothing is to be done; null for never
     * @return false when the pipeline is closed
     */
    boolean awaitWork(BooleanSupplier idle, @Nullable CompletableFuture<?> end) {
        synchronized (change) {
            while (!closed && idle.getAsBoolean() && (end == null || !end.isDone())) {
                try {
                    change.wait(); // for a caller
                } catch (InterruptedException e) {
                    // A user's code may interrupt all threads; this one goes on.
                }
            }
            return !closed;
        }
    }

    /** Waits for a while, as long as there is nothing to do. */
    void pause(BooleanSupplier idle, long nanos) {
        Timeout end = Timeout.ofNanos(nanos);
        synchronized (change) {
            while (!closed && idle.getAsBoolean() && !end.isOver()) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(change, end.remainingNanos()); // for a caller
                } catch (InterruptedException e) {
                    // A user's code may interrupt all threads; this one goes on.
                }
            }
        }
    }
}
