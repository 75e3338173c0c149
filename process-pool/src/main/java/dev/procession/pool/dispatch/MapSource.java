package dev.procession.pool.dispatch;

import dev.procession.core.UnserializableException;
import dev.procession.core.time.Timeout;
import dev.procession.pool.protocol.Chunk;
import dev.procession.pool.protocol.Packed;
import dev.procession.pool.protocol.TaskOrigin;
import dev.procession.pool.protocol.UserWork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
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
 * <p>A failure ends the stream, unless it has {@link ItemResults}: then each item gives one, and a
 * chunk whose task fails gives that failure for each of its items.
 *
 * <p>One thread takes the results; any thread may close the stream.
 *
 * @param <S> what the stream gives
 */
public final class MapSource<S> implements Spliterator<S> {

    private static final long SLOW_NANOS = 2_000_000;
    private static final int WAITED_PART = 5;

    private final TaskSubmitter pool;
    private final MapItems items;
    private final @Nullable ItemResults<S> each;
    private final int buffer;
    private final boolean unordered;
    private final @Nullable Duration givenTimeout;
    private final Timeout timeout;
    private final ChunkSize chunkSize;

    /**
     * Chunks whose results were not taken; concurrent, because another thread may close the stream.
     */
    private final Set<Sent> underWay = ConcurrentHashMap.newKeySet();

    private final Deque<Sent> inOrder = new ArrayDeque<>();
    private final BlockingQueue<Sent> done = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    /** The last result was given, or a failure; nothing comes after it. */
    private boolean ended;

    /** Chunks that were read and not submitted, because there was no room. */
    private final Deque<MapChunk> pending = new ArrayDeque<>();

    /** How many items were submitted. */
    private long submittedItems;

    /** What reading or submitting the next items threw; thrown after the results before it. */
    private @Nullable Throwable sourceFailure;

    /** How long reading the last chunk took. */
    private long readNanos;

    /** The next chunk, if it was already taken from {@link #done}. */
    private @Nullable Sent ready;

    // The results of the chunk that was taken last.
    private Object values = new Object[0];
    private int next;
    private long firstIndex;
    private String origin = "";
    private Chunk.@Nullable Results failed;

    /** A chunk that was submitted. Not a record, because one is equal to itself only. */
    private static final class Sent {
        private final CompletableFuture<?> future;
        private final long firstIndex;
        private final int size;

        Sent(CompletableFuture<?> future, long firstIndex, int size) {
            this.future = future;
            this.firstIndex = firstIndex;
            this.size = size;
        }
    }

    /** Stands in the place of a value: the task of its chunk has failed. */
    private record TaskFailed(Throwable failure) {}

    /**
     * Submits nothing yet.
     *
     * @param each makes what the stream gives; null if it gives the results themselves and ends
     *     with the first failure
     */
    public MapSource(
            TaskSubmitter pool,
            MapItems items,
            MapSettings settings,
            @Nullable ItemResults<S> each) {
        this.pool = pool;
        this.items = items;
        this.each = each;
        this.buffer = settings.buffer();
        this.unordered = settings.unordered();
        this.givenTimeout = settings.timeout();
        this.timeout = givenTimeout == null ? Timeout.NEVER : Timeout.of(givenTimeout);
        this.chunkSize = new ChunkSize(settings.chunkSize());
    }

    /** Submits the first chunks as far as there is room for them now; returns the stream. */
    public Stream<S> stream() {
        items.check();
        try {
            fill(false);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("waited without leave to wait", e);
        }
        if (sourceFailure != null && underWay.isEmpty() && pending.isEmpty()) {
            close();
            throw failureOfSource(sourceFailure);
        }
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    private void fill(boolean mayWait) throws InterruptedException, TimeoutException {
        while (!closed
                && (sourceFailure == null || !pending.isEmpty())
                && underWay.size() < buffer) {
            if (isSlow() && !underWay.isEmpty() && (!mayWait || isNextDone())) {
                return;
            }
            if (pending.isEmpty() && !read()) {
                return;
            }
            if (!submit(pending.element(), mayWait)) {
                return;
            }
        }
    }

    private boolean isSlow() {
        return readNanos >= SLOW_NANOS && !chunkSize.isFixed();
    }

    /** Reads the items of a chunk; false when there are none. */
    private boolean read() {
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
        if (items.size() > 0) {
            pending.add(items.take());
        }
        return !pending.isEmpty();
    }

    /**
     * Submits the chunk that is the first one pending. Waits for room only if that is allowed and
     * there are no results to take first; otherwise returns false when there is no room.
     */
    private boolean submit(MapChunk chunk, boolean mayWait)
            throws InterruptedException, TimeoutException {
        CompletableFuture<?> future;
        boolean mayBlock = mayWait && underWay.isEmpty() && !pool.rejects();
        try {
            if (!mayBlock && !pool.hasRoom() && !(underWay.isEmpty() && pool.rejects())) {
                return false; // before the chunk is encoded
            }
            future =
                    pool.submitWithin(
                            each == null ? chunk.task() : chunk.taskOfEach(),
                            mayBlock ? timeout.remainingNanos() : 0);
            if (future == null && underWay.isEmpty() && pool.rejects()) {
                throw pool.full();
            }
        } catch (UnserializableException e) {
            return refused(chunk, e);
        } catch (RuntimeException | Error e) { // as a failure of the source
            return fail(e);
        }
        if (future == null && mayBlock) {
            throw new TimeoutException();
        }
        if (future != null) {
            submitted(chunk, future);
        }
        return future != null;
    }

    /** Ends the source with a failure; returns false. */
    private boolean fail(Throwable failure) {
        sourceFailure = failure;
        pending.clear();
        return false;
    }

    /**
     * Something in a chunk cannot be serialised. That ends the source; but if each item has a
     * result, it fails that item, and the others of the chunk are submitted one by one.
     *
     * @return whether the source goes on
     */
    private boolean refused(MapChunk chunk, UnserializableException e) {
        UnserializableException obstacle = UserWork.obstacle(pool.codec(), chunk.parts());
        UnserializableException failure = obstacle == null ? e : obstacle;
        if (each == null || UserWork.obstacle(pool.codec(), List.of(chunk.function())) != null) {
            return fail(failure);
        }
        if (chunk.size() == 1) {
            submitted(chunk, CompletableFuture.failedFuture(failure));
            return true;
        }
        pending.remove();
        List<MapChunk> singles = chunk.singles();
        for (int i = singles.size() - 1; i >= 0; i--) {
            pending.addFirst(singles.get(i));
        }
        return true;
    }

    /** The first chunk pending is submitted, or has failed without that. */
    private void submitted(MapChunk chunk, CompletableFuture<?> future) {
        pending.remove();
        Sent sent = new Sent(future, submittedItems, chunk.size());
        submittedItems += chunk.size();
        underWay.add(sent);
        if (closed) {
            close(); // the other thread may have looked before the line above
        }
        if (unordered) {
            CompletableFuture<?> unused = future.whenComplete((r, e) -> done.add(sent));
        } else {
            inOrder.add(sent);
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
            Object unused = inOrder.element().future.get(patience, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            return true; // done as well; it is thrown when it is taken
        } catch (TimeoutException e) {
            return false;
        }
        return true;
    }

    @Override
    public boolean tryAdvance(Consumer<? super S> action) {
        if (ended) {
            return false;
        }
        boolean succeeded = false;
        try {
            succeeded = hasNext();
            if (succeeded) {
                succeeded = false;
                action.accept(result(values, next++));
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
    public void forEachRemaining(Consumer<? super S> action) {
        while (tryAdvance(action)) {
            boolean succeeded = false;
            try {
                Object chunk = values;
                for (int size = Packed.size(chunk); !closed && next < size; ) {
                    action.accept(result(chunk, next++));
                }
                succeeded = true;
            } finally {
                if (!succeeded) {
                    close();
                }
            }
        }
    }

    /** Returns what the stream gives for one of the results of a chunk. */
    private S result(Object chunk, int place) {
        Object value = Packed.get(chunk, place);
        if (each == null) {
            @SuppressWarnings("unchecked") // the stream gives the results themselves
            S result = (S) value;
            return result;
        }
        long index = firstIndex + place;
        if (value instanceof TaskFailed task) {
            return each.failed(index, task.failure());
        }
        if (value instanceof Chunk.Failed failure) {
            Throwable thrown = failure.thrown();
            TaskOrigin.addTo(thrown, origin);
            return each.failed(index, thrown);
        }
        return each.returned(index, value);
    }

    private void take() throws InterruptedException, TimeoutException {
        Sent sent = await();
        Object result;
        try {
            result = sent.future.get();
        } catch (ExecutionException e) {
            Throwable failure = e.getCause();
            if (each == null || each.endsAll(failure)) {
                throw new CompletionException(failure);
            }
            result = failureOfEach(sent, failure);
        } catch (CancellationException e) {
            requireOpen(); // closed by another thread, while this one waited
            if (each == null) {
                throw e;
            }
            result = failureOfEach(sent, e);
        }
        underWay.remove(sent); // not before: closing cancels what is in the set
        next = 0;
        firstIndex = sent.firstIndex;
        if (result instanceof Chunk.Results results) {
            values = results.values();
            failed = results.failure() == null ? null : results;
            chunkSize.took(Packed.size(values), results.nanos());
        } else if (result instanceof Chunk.ResultOfEach results) {
            values = results.values();
            origin = results.origin();
        } else { // the result of one item
            values = new Object[] {result};
        }
    }

    private static Chunk.ResultOfEach failureOfEach(Sent sent, Throwable failure) {
        Object[] failures = new Object[sent.size];
        Arrays.fill(failures, new TaskFailed(failure));
        return new Chunk.ResultOfEach(failures, "");
    }

    /** Waits for the next chunk to be done; in order, without a timeout, get() waits itself. */
    private Sent await() throws InterruptedException, TimeoutException {
        if (unordered) {
            Sent sent = ready;
            ready = null;
            if (sent != null) {
                return sent;
            }
            sent =
                    !timeout.isLimited()
                            ? done.take()
                            : done.poll(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
            if (sent == null) {
                throw new TimeoutException();
            }
            return sent;
        }
        if (timeout.isLimited()) {
            try {
                Object unused =
                        inOrder.element()
                                .future
                                .get(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | CancellationException e) {
                // Done; get() throws it again.
            }
        }
        return inOrder.remove();
    }

    private String standing() {
        return "chunks under way=" + underWay.size() + ", timeout=" + givenTimeout;
    }

    private void close() {
        closed = true;
        for (Sent sent : List.copyOf(underWay)) {
            underWay.remove(sent);
            sent.future.cancel(true);
        }
    }

    /** Does not split: the work is done elsewhere, and here is only waiting. */
    @Override
    public @Nullable Spliterator<S> trySplit() {
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
