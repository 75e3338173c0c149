package dev.procession.pool;

import dev.procession.core.SerializableFunction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The source of a {@code map}'s stream. It reads the items, and submits them in chunks, in the
 * thread that takes the results, never further ahead than the buffer; so the items may be endless.
 */
final class MapSource<T, R> implements Spliterator<R> {

    private final ProcessPoolExecutor pool;
    private final SerializableFunction<T, R> function;
    private final Iterator<? extends T> items;
    private final int buffer;
    private final boolean unordered;
    private final @Nullable Duration timeout;
    private final ChunkSize chunkSize;
    private final long start = System.nanoTime();

    /** Those whose results were not taken; concurrent, for closing elsewhere. */
    private final Set<TaskFuture<Chunk.Results>> underWay = ConcurrentHashMap.newKeySet();

    private final Deque<TaskFuture<Chunk.Results>> inOrder = new ArrayDeque<>();
    private final BlockingQueue<TaskFuture<Chunk.Results>> done = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    // What was taken last.
    private Object values = new Object[0];
    private int next;
    private byte @Nullable [] failure;

    MapSource(
            ProcessPoolExecutor pool,
            SerializableFunction<T, R> function,
            Iterator<? extends T> items,
            MapOptions options,
            int workers) {
        this.pool = pool;
        this.function = function;
        this.items = items;
        this.buffer = options.buffer().orElse(4 * workers);
        this.unordered = options.isUnordered();
        this.timeout = options.timeout().orElse(null);
        this.chunkSize = new ChunkSize(options.chunkSize().orElse(0));
    }

    /** Submits the first chunks, and gives the results. */
    Stream<R> stream() {
        try {
            fill();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    private void fill() {
        while (!closed && underWay.size() < buffer && items.hasNext()) {
            int size = chunkSize.next();
            Packer chunk = new Packer(size);
            while (chunk.size() < size && items.hasNext()) {
                chunk.add(items.next());
            }
            TaskFuture<Chunk.Results> future = pool.submit(Chunk.task(function, chunk.pack()));
            underWay.add(future);
            if (closed) {
                close(); // by another thread, which may have looked before the line above
            }
            if (unordered) {
                CompletableFuture<?> unused = future.whenComplete((r, e) -> done.add(future));
            } else {
                inOrder.add(future);
            }
        }
    }

    @Override
    public boolean tryAdvance(Consumer<? super R> action) {
        boolean fine = false;
        try {
            while (!closed && next == Packed.size(values)) {
                if (failure != null) {
                    throw new CompletionException(Chunk.Results.thrown(failure));
                }
                fill();
                if (underWay.isEmpty()) {
                    return false;
                }
                take();
            }
            if (closed) {
                return false;
            }
            @SuppressWarnings("unchecked") // packed from results of R
            R value = (R) Packed.get(values, next++);
            action.accept(value);
            fine = true;
            return true;
        } catch (CancellationException e) {
            if (closed) {
                return false; // by another thread, while this one waited
            }
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("interrupted while mapping: " + standing());
            cancelled.initCause(e);
            throw cancelled;
        } catch (TimeoutException e) {
            String message = "timeout expired: " + standing();
            throw new CompletionException(message, new TimeoutException(message));
        } finally {
            if (!fine) {
                close();
            }
        }
    }

    /** All that is left, a chunk at a time. */
    @Override
    public void forEachRemaining(Consumer<? super R> action) {
        while (tryAdvance(action)) {
            boolean fine = false;
            try {
                Object chunk = values;
                for (int size = Packed.size(chunk); !closed && next < size; ) {
                    @SuppressWarnings("unchecked") // packed from results of R
                    R value = (R) Packed.get(chunk, next++);
                    action.accept(value);
                }
                fine = true;
            } finally {
                if (!fine) {
                    close();
                }
            }
        }
    }

    private void take() throws InterruptedException, TimeoutException {
        TaskFuture<Chunk.Results> future = await();
        Chunk.Results results;
        try {
            results = future.get();
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
        underWay.remove(future); // not before, for closing ends what is there
        values = results.values();
        next = 0;
        failure = results.failure();
        chunkSize.took(Packed.size(values), results.nanos());
    }

    /** Waits for the next future to be done; in order, without a timeout, get() waits itself. */
    private TaskFuture<Chunk.Results> await() throws InterruptedException, TimeoutException {
        if (unordered) {
            TaskFuture<Chunk.Results> future =
                    timeout == null ? done.take() : done.poll(left(), TimeUnit.NANOSECONDS);
            if (future == null) {
                throw new TimeoutException();
            }
            return future;
        }
        TaskFuture<Chunk.Results> future = inOrder.element();
        if (timeout != null) {
            try {
                Object unused = future.get(left(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                // Done; get() says it again.
            }
        }
        return inOrder.remove();
    }

    private long left() {
        return timeout == null
                ? Long.MAX_VALUE
                : Math.max(0, Limits.nanos(timeout) - (System.nanoTime() - start));
    }

    private String standing() {
        return "chunks under way=" + underWay.size() + ", timeout=" + timeout;
    }

    private void close() {
        closed = true;
        for (TaskFuture<Chunk.Results> future : List.copyOf(underWay)) {
            underWay.remove(future);
            future.cancel(true);
        }
    }

    /** Does not split: there is one order, and only waiting to share. */
    @Override
    public @Nullable Spliterator<R> trySplit() {
        return null;
    }

    @Override
    public long estimateSize() {
        return Long.MAX_VALUE;
    }

    @Override
    public int characteristics() {
        return unordered ? 0 : ORDERED;
    }
}
