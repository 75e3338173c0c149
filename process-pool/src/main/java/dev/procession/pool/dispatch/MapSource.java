package dev.procession.pool.dispatch;

import dev.procession.core.UnserializableException;
import dev.procession.core.time.Timeout;
import dev.procession.pool.protocol.Chunk;
import dev.procession.pool.protocol.Packed;
import dev.procession.pool.protocol.UserWork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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
 * thread that takes the results, never further ahead than the buffer, so the items may be endless.
 *
 * <p>Slow items do not delay results: a chunk is submitted when reading it has taken {@value
 * #SLOW_NANOS} ns. Before the next one is read, the next result is taken, or awaited for a fifth of
 * the time that the last chunk took to read.
 *
 * <p>One thread takes the results; any thread may close the stream.
 */
public final class MapSource<R> implements Spliterator<R> {

    private static final long SLOW_NANOS = 2_000_000;
    private static final int WAITED_PART = 5;

    private final TaskSubmitter pool;
    private final MapItems items;
    private final int buffer;
    private final boolean unordered;
    private final @Nullable Duration givenTimeout;
    private final Timeout timeout;
    private final ChunkSize chunkSize;

    /**
     * Chunks whose results were not taken; concurrent, because another thread may close the stream.
     */
    private final Set<CompletableFuture<Chunk.Results>> underWay = ConcurrentHashMap.newKeySet();

    private final Deque<CompletableFuture<Chunk.Results>> inOrder = new ArrayDeque<>();
    private final BlockingQueue<CompletableFuture<Chunk.Results>> done =
            new LinkedBlockingQueue<>();
    private volatile boolean closed;

    /** The last result was given, or a failure; nothing comes after it. */
    private boolean ended;

    /** A chunk that was read and for which there was no room. */
    private @Nullable MapChunk pending;

    /** What reading or submitting the next items threw; thrown after the results before it. */
    private @Nullable Throwable sourceFailure;

    /** How long reading the last chunk took. */
    private long readNanos;

    /** The next chunk, if it was already taken from {@link #done}. */
    private @Nullable CompletableFuture<Chunk.Results> ready;

    // The results of the chunk that was taken last.
    private Object values = new Object[0];
    private int next;
    private Chunk.@Nullable Results failed;

    /** Submits nothing yet. */
    public MapSource(TaskSubmitter pool, MapItems items, MapSettings settings) {
        this.pool = pool;
        this.items = items;
        this.buffer = settings.buffer();
        this.unordered = settings.unordered();
        this.givenTimeout = settings.timeout();
        this.timeout = givenTimeout == null ? Timeout.NEVER : Timeout.of(givenTimeout);
        this.chunkSize = new ChunkSize(settings.chunkSize());
    }

    /** Submits the first chunks as far as there is room for them now; returns the stream. */
    public Stream<R> stream() {
        items.check();
        try {
            fill(false);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("waited without leave to wait", e);
        }
        if (sourceFailure != null && underWay.isEmpty() && pending == null) {
            close();
            throw failureOfSource(sourceFailure);
        }
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    private void fill(boolean mayWait) throws InterruptedException, TimeoutException {
        while (!closed && (sourceFailure == null || pending != null) && underWay.size() < buffer) {
            if (isSlow() && !underWay.isEmpty() && (!mayWait || isNextDone())) {
                return;
            }
            if (pending == null) {
                pending = read();
            }
            if (pending == null || !submit(pending, mayWait)) {
                return;
            }
            pending = null;
        }
    }

    private boolean isSlow() {
        return readNanos >= SLOW_NANOS && !chunkSize.isFixed();
    }

    /** Reads the items of a chunk; null when there are none. */
    private @Nullable MapChunk read() {
        int size = chunkSize.next();
        items.begin(size);
        long begin = System.nanoTime();
        readNanos = 0;
        try {
            while (items.size() < size && !isSlow() && items.hasNext()) {
                items.addNext();
                readNanos = System.nanoTime() - begin;
            }
        } catch (RuntimeException | Error e) { // its place is after the items that were read
            sourceFailure = e;
        }
        return items.size() == 0 ? null : items.take();
    }

    /**
     * Submits a chunk. Waits for room only if that is allowed and there are no results to take
     * first; otherwise returns false when there is no room.
     */
    private boolean submit(MapChunk chunk, boolean mayWait)
            throws InterruptedException, TimeoutException {
        CompletableFuture<Chunk.Results> future;
        boolean mayBlock = mayWait && underWay.isEmpty() && !pool.rejects();
        try {
            if (!mayBlock && !pool.hasRoom() && !(underWay.isEmpty() && pool.rejects())) {
                return false; // before the chunk is encoded
            }
            future = pool.submitWithin(chunk.task(), mayBlock ? timeout.remainingNanos() : 0);
            if (future == null && underWay.isEmpty() && pool.rejects()) {
                throw pool.full();
            }
        } catch (UnserializableException e) {
            UnserializableException obstacle = UserWork.obstacle(pool.codec(), chunk.parts());
            sourceFailure = obstacle == null ? e : obstacle;
            return false;
        } catch (RuntimeException | Error e) { // as a failure of the source
            sourceFailure = e;
            return false;
        }
        if (future == null && mayBlock) {
            throw new TimeoutException();
        }
        if (future != null) {
            submitted(future);
        }
        return future != null;
    }

    private void submitted(CompletableFuture<Chunk.Results> future) {
        underWay.add(future);
        if (closed) {
            close(); // the other thread may have looked before the line above
        }
        if (unordered) {
            CompletableFuture<?> unused = future.whenComplete((r, e) -> done.add(future));
        } else {
            inOrder.add(future);
        }
    }

    /** Waits for the next result, for a part of the time that the next items will take. */
    private boolean isNextDone() throws InterruptedException {
        long patience = Math.min(timeout.remainingNanos(), readNanos / WAITED_PART);
        if (unordered) {
            ready = ready != null ? ready : done.poll(patience, TimeUnit.NANOSECONDS);
            return ready != null;
        }
        try {
            Object unused = inOrder.element().get(patience, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            return true; // done as well; it is thrown when it is taken
        } catch (TimeoutException e) {
            return false;
        }
        return true;
    }

    @Override
    public boolean tryAdvance(Consumer<? super R> action) {
        if (ended) {
            return false;
        }
        boolean succeeded = false;
        try {
            succeeded = hasNext();
            if (succeeded) {
                succeeded = false;
                @SuppressWarnings("unchecked") // packed from results of R
                R value = (R) Packed.get(values, next++);
                action.accept(value);
                succeeded = true;
            }
            return succeeded;
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
            if (!succeeded) {
                ended = true;
                close();
            }
        }
    }

    /** Takes chunks until there is a value; false at the end. */
    private boolean hasNext() throws InterruptedException, TimeoutException {
        while (next == Packed.size(values)) {
            if (failed != null) {
                throw new CompletionException(failed.thrown());
            }
            requireOpen();
            fill(true);
            if (underWay.isEmpty()) {
                requireOpen();
                if (sourceFailure != null) {
                    throw failureOfSource(sourceFailure);
                }
                return false;
            }
            take();
        }
        requireOpen();
        return true;
    }

    /** Throws if another thread has closed the stream, which must not look like its end. */
    private void requireOpen() {
        if (closed) {
            throw new CancellationException("the stream was closed before its end: " + standing());
        }
    }

    /** Returns an unchecked exception as it is, and throws an error. */
    private static RuntimeException failureOfSource(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (RuntimeException) thrown;
    }

    /** Takes all remaining results, a chunk at a time. */
    @Override
    public void forEachRemaining(Consumer<? super R> action) {
        while (tryAdvance(action)) {
            boolean succeeded = false;
            try {
                Object chunk = values;
                for (int size = Packed.size(chunk); !closed && next < size; ) {
                    @SuppressWarnings("unchecked") // packed from results of R
                    R value = (R) Packed.get(chunk, next++);
                    action.accept(value);
                }
                succeeded = true;
            } finally {
                if (!succeeded) {
                    close();
                }
            }
        }
    }

    @SuppressWarnings("CollectionUndefinedEquality") // a future of the pool equals itself only
    private void take() throws InterruptedException, TimeoutException {
        CompletableFuture<Chunk.Results> future = await();
        Chunk.Results results;
        try {
            results = future.get();
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (CancellationException e) {
            requireOpen(); // closed by another thread, while this one waited
            throw e;
        }
        underWay.remove(future); // not before: closing cancels what is in the set
        values = results.values();
        next = 0;
        failed = results.failure() == null ? null : results;
        chunkSize.took(Packed.size(values), results.nanos());
    }

    /** Waits for the next future to be done; in order, without a timeout, get() waits itself. */
    private CompletableFuture<Chunk.Results> await() throws InterruptedException, TimeoutException {
        if (unordered) {
            CompletableFuture<Chunk.Results> future = ready;
            ready = null;
            if (future != null) {
                return future;
            }
            future =
                    !timeout.isLimited()
                            ? done.take()
                            : done.poll(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
            if (future == null) {
                throw new TimeoutException();
            }
            return future;
        }
        CompletableFuture<Chunk.Results> future = inOrder.element();
        if (timeout.isLimited()) {
            try {
                Object unused = future.get(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                // Done; get() throws it again.
            }
        }
        return inOrder.remove();
    }

    private String standing() {
        return "chunks under way=" + underWay.size() + ", timeout=" + givenTimeout;
    }

    @SuppressWarnings("CollectionUndefinedEquality") // a future of the pool equals itself only
    private void close() {
        closed = true;
        for (CompletableFuture<Chunk.Results> future : List.copyOf(underWay)) {
            underWay.remove(future);
            future.cancel(true);
        }
    }

    /** Does not split: the work is done elsewhere, and here is only waiting. */
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
