package dev.procession.core.future;

import java.util.Spliterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The source of a stream that blocks for each element and owns resources that it must release.
 *
 * <p>It releases them when the stream is closed, when it is exhausted, or when this class or the
 * stream's operations throw, whichever comes first. Any thread may close it.
 *
 * @param <T> the type of the elements
 */
abstract class BlockingSpliterator<T extends @Nullable Object>
        implements Spliterator<T>, AutoCloseable {

    private final int total;
    private int taken;
    private volatile boolean closed;

    BlockingSpliterator(int total) {
        this.total = total;
    }

    /**
     * Blocks for the next element.
     *
     * @param action receives the element
     * @return false if this was closed while it waited
     */
    abstract boolean takeNext(Consumer<? super T> action)
            throws InterruptedException, TimeoutException;

    /** Counts the futures that are not done, for the message of a failure. */
    abstract long unfinished();

    /** Releases the resources. Called at least once, by any thread. */
    abstract void release();

    public Stream<T> stream() {
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    @Override
    public final boolean tryAdvance(Consumer<? super T> action) {
        if (closed || taken == total) {
            close();
            return false;
        }
        boolean more = false;
        try {
            boolean advanced = takeNext(action);
            taken++;
            more = advanced && taken < total;
            return advanced;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("interrupted while waiting, " + counts());
            cancelled.initCause(interrupted);
            throw cancelled;
        } catch (TimeoutException expired) {
            String message = "timeout expired, " + counts();
            throw new CompletionException(message, new TimeoutException(message));
        } finally {
            if (!more) {
                close();
            }
        }
    }

    private String counts() {
        return "unfinished=" + unfinished() + ", total=" + total;
    }

    @Override
    public final void close() {
        closed = true;
        release();
    }

    /** Does not split: the elements have one order, and parallel threads would only wait. */
    @Override
    public final @Nullable Spliterator<T> trySplit() {
        return null;
    }

    @Override
    public final long estimateSize() {
        return (long) total - taken;
    }

    /** Not {@code SIZED}: {@code count()} would then neither wait nor throw. */
    @Override
    public int characteristics() {
        return ORDERED;
    }
}
