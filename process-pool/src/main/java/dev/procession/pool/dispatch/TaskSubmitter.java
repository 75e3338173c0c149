package dev.procession.pool.dispatch;

import dev.procession.core.Codec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** How {@link MapSource} and {@link Invocations} submit their tasks. */
public interface TaskSubmitter {

    /**
     * Submits work with the defaults of the pool.
     *
     * @param work a {@link Runnable} or a {@link java.util.concurrent.Callable}
     * @param nanos how long to wait for room in the queue
     * @return the future; null when there was no room in time
     */
    <V> @Nullable CompletableFuture<V> submitWithin(Object work, long nanos)
            throws InterruptedException;

    /** Whether a task for which there is no room is refused instead of waiting. */
    boolean rejects();

    /** Whether there is room for a task now. */
    boolean hasRoom();

    /** Waits until there may be room; false when there is none in time. */
    boolean awaitRoom(long nanos) throws InterruptedException;

    /** Makes the exception for a task that is refused because the queue is full. */
    RejectedExecutionException full();

    /** Returns what turns tasks into bytes. */
    Codec codec();
}
