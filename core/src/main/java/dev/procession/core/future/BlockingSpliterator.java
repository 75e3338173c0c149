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
 * The source of a stream that blocks for each element and owns something that must be let go.
 *
 * <p>What it owns goes when the stream is closed, when it is exhausted and when anything is thrown,
 * here or by what the stream does with an element; whichever comes first. Closing may happen in
 * another thread.
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
     * @param action is to be given the element
     * @return false if this was closed meanwhile
     */
    abstract boolean takeNext(Consumer<? super T> action)
            throws InterruptedException, TimeoutException;

    /** Counts what is not done yet, for the message of a failure. */
    abstract long unfinished();

    /** Lets go of what this owns. Called at least once, by any thread. */
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
        boolean fine = false;
        try {
            boolean advanced = takeNext(action);
            taken++;
            fine = advanced && taken < total;
            return advanced;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("interrupted while waiting, " + standing());
            cancelled.initCause(interrupted);
            throw cancelled;
        } catch (TimeoutException expired) {
            String message = "timeout expired, " + standing();
            throw new CompletionException(message, new TimeoutException(message));
        } finally {
            if (!fine) {
                close();
            }
        }
    }

    private String standing() {
        return "unfinished=" + unfinished() + ", total=" + total;
    }

    @Override
    public final void close() {
        closed = true;
        release();
    }

    /** Does not split: there is one order, and only waiting to share. */
    @Override
    public final @Nullable Spliterator<T> trySplit() {
        return null;
    }

    @Override
    public final long estimateSize() {
        return (long) total - taken;
    }

    /** Not {@code SIZED}: {@code count()} would then skip the waiting and the failures. */
    @Override
    public int characteristics() {
        return ORDERED;
    }
}
