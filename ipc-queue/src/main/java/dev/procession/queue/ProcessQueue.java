package dev.procession.queue;

import dev.procession.core.Codec;
import dev.procession.core.UndecodableException;
import dev.procession.core.UnserializableException;
import dev.procession.core.life.NamedMembers;
import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.QueueShape;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bounded first-in first-out queue that any number of processes put into and take from: {@link
 * java.util.concurrent.ArrayBlockingQueue} between JVMs, and Python's {@code multiprocessing.Queue}
 * with two differences. It may be captured by a pool's tasks as well, and no death can wedge it.
 *
 * <pre>{@code
 * try (ProcessQueue<String> queue = ProcessQueue.create(100)) {
 *     ChildProcess<Void> child = ChildProcess.start(() -> queue.put("hermione"));
 *     System.out.println(queue.take());
 *     child.join();
 * }
 * }</pre>
 *
 * <p><b>Elements</b> are copied: {@link #put} encodes in the calling thread, {@link #take} decodes
 * in the calling thread. What cannot be encoded is refused with an {@link UnserializableException}
 * and the queue is unchanged; what cannot be decoded fails that one take with an {@link
 * UndecodableException} that has the bytes. Small elements stand in shared memory itself, large
 * ones in files beside it. {@code null} is refused.
 *
 * <p><b>Other processes</b> get the queue by what they are given: capture it in a task or in the
 * body of a {@link dev.procession.core.ChildProcess}, or send it through a connection. Each holds
 * the same queue then. Processes that have nothing to do with each other give it a name, see {@link
 * #open}.
 *
 * <p><b>Death.</b> A process may die at any instruction, and the others go on: an element is either
 * in the queue, whole, or it is not. An element that a process had taken when it died is gone with
 * it, and only that one; {@link #takeLeased} avoids that. Whoever meets a lock of the dead goes on
 * when the kernel says that it is dead. A process that is stopped is not dead: if it stopped in the
 * few instructions that it holds a lock for, the others wait until it goes on.
 *
 * <p><b>Closing</b> ends the queue for all processes, see {@link #close}. A queue that nobody
 * closes ends with the program that made it, or, when the process that attached last is dead, then.
 *
 * <p><b>Threads.</b> All methods may be called by any threads of any processes at once. What a
 * thread did before it put an element is visible to the thread that takes it, if it is in the same
 * JVM. Waiting uses no processor but for about 30 microseconds in the beginning. Waiting threads
 * are not served in order, neither here nor among processes, but each gets its turn.
 *
 * @param <E> the elements
 */
public final class ProcessQueue<E> extends AbstractQueue<E>
        implements BlockingQueue<E>, AutoCloseable, Serializable {

    private static final long serialVersionUID = 1L;

    private final transient QueueCore core;
    private final transient ElementCodec<E> elements;
    private final transient BulkOperations<E> bulk;

    ProcessQueue(QueueCore core, Codec codec) {
        this.core = core;
        this.elements = new ElementCodec<>(codec);
        this.bulk = new BulkOperations<>(core, elements);
    }

    /**
     * Makes a queue for the processes of this program.
     *
     * @param capacity the most elements that it holds, at least 1
     * @param <E> the elements
     * @return the queue
     * @throws UncheckedIOException if there is no room for its shared memory
     */
    public static <E> ProcessQueue<E> create(int capacity) {
        return builder().capacity(capacity).build();
    }

    /**
     * Opens a queue that another process of this user made with a {@linkplain Builder#name name},
     * and whose elements the standard codec encodes; see {@link Builder#open} for others.
     *
     * @param name the name
     * @param <E> the elements
     * @return the queue
     * @throws QueueException if no process has a queue of this name open
     * @throws UncheckedIOException if it cannot be used here
     */
    public static <E> ProcessQueue<E> open(String name) {
        return builder().name(name).open();
    }

    /**
     * Begins to make a queue with more to say about it.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Puts an element at the end, and waits for room if need be.
     *
     * @throws UnserializableException if the element cannot be encoded; the queue is unchanged
     * @throws QueueException if the element is larger than all that the queue may hold, or there is
     *     no room for it on the file system; the queue is unchanged
     * @throws QueueClosedException if the queue is closed, before or meanwhile
     */
    @Override
    public void put(E element) throws InterruptedException {
        byte[] bytes = elements.encode(element);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        core.producer().put(bytes, Timeout.FOREVER);
    }

    /**
     * Puts an element at the end if there is room now. Waits for a lock that others hold for a
     * moment, and for nothing else.
     *
     * @return false if there is no room
     * @throws UnserializableException if the element cannot be encoded; the queue is unchanged
     * @throws QueueException as {@link #put} does
     * @throws QueueClosedException if the queue is closed
     */
    @Override
    public boolean offer(E element) {
        return core.producer().offer(elements.encode(element));
    }

    /**
     * Puts an element at the end, and waits for room for a time if need be.
     *
     * @return false if there was no room
     * @throws UnserializableException if the element cannot be encoded; the queue is unchanged
     * @throws QueueException as {@link #put} does
     * @throws QueueClosedException if the queue is closed, before or meanwhile
     */
    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        byte[] bytes = elements.encode(element);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return core.producer().put(bytes, Timeout.nanos(timeout, unit));
    }

    /**
     * Puts elements at the end as long as there is room, many of them under one lock. Nobody else's
     * element comes between those that go under one lock; it may between two such groups.
     *
     * @param elements what to put, in this order; all are encoded before the first is put
     * @return how many were put: the first so many
     * @throws UnserializableException if one cannot be encoded; the queue is unchanged
     * @throws QueueException as {@link #put} does; those before it are put
     * @throws QueueClosedException if the queue is closed
     */
    public int offerAll(Collection<? extends E> elements) {
        requireOther(elements);
        return bulk.offerAll(this.elements.encodeAll(elements));
    }

    /**
     * Puts elements at the end, many of them under one lock, and waits for room whenever need be.
     *
     * @param elements what to put, in this order; all are encoded before the first is put
     * @throws InterruptedException if this thread is interrupted while it waits; the first ones may
     *     have been put
     * @throws UnserializableException if one cannot be encoded; the queue is unchanged
     * @throws QueueException as {@link #put} does; those before it are put
     * @throws QueueClosedException if the queue is closed, before or meanwhile; the first ones may
     *     have been put
     */
    public void putAll(Collection<? extends E> elements) throws InterruptedException {
        requireOther(elements);
        bulk.putAll(this.elements.encodeAll(elements));
    }

    private void requireOther(Collection<?> source) {
        if (source == this) {
            throw new IllegalArgumentException("a queue cannot be put into itself");
        }
    }

    /**
     * Takes the oldest element, and waits for one if need be.
     *
     * @throws QueueClosedException if the queue is closed and has none left, before or meanwhile
     * @throws UndecodableException if the element cannot be decoded here; it is taken, its bytes
     *     are in the exception, and the next take gets the next element
     */
    @Override
    public E take() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        byte[] bytes = core.consumer().take(Timeout.FOREVER);
        if (bytes == null) {
            throw new QueueClosedException("the queue is closed and empty");
        }
        return elements.decode(bytes);
    }

    /**
     * Takes the oldest element, and waits for one for a time if need be.
     *
     * @return null if there was none, or the queue is closed and has none left
     * @throws UndecodableException as {@link #take} does
     */
    @Override
    public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        byte[] bytes = core.consumer().take(Timeout.nanos(timeout, unit));
        return bytes == null ? null : elements.decode(bytes);
    }

    /**
     * Takes the oldest element if there is one now. Waits for a lock that others hold for a moment,
     * and for nothing else.
     *
     * @return null if there is none
     * @throws UndecodableException as {@link #take} does
     */
    @Override
    public @Nullable E poll() {
        byte[] bytes;
        try {
            bytes = core.consumer().take(0);
        } catch (InterruptedException e) {
            throw new AssertionError("nothing was waited for", e);
        }
        return bytes == null ? null : elements.decode(bytes);
    }

    /**
     * Takes the oldest element on approval, and waits for one if need be. It is not lost when this
     * process dies: it comes back, at the head, unless it was acknowledged. Others find that out
     * within about 100 milliseconds of the death. Costs a file, some ten microseconds; at most 128
     * elements are leased at once.
     *
     * <p>While one is leased it is not in the queue, and does not count against the capacity. A
     * queue that is closed has not ended until it is acknowledged.
     *
     * @return the element, to be acknowledged
     * @throws InterruptedException if this thread is interrupted while it waits
     * @throws QueueClosedException if the queue is closed and has none left, before or meanwhile
     * @throws QueueException if too many elements are leased, or there is no room for the file; the
     *     element stays in the queue
     * @throws UndecodableException as {@link #take} does; the element is gone
     */
    public Lease<E> takeLeased() throws InterruptedException {
        Lease<E> lease = lease(Timeout.FOREVER);
        if (lease == null) {
            throw new QueueClosedException("the queue is closed and empty");
        }
        return lease;
    }

    /**
     * Takes the oldest element on approval, as {@link #takeLeased} does, and waits for one for a
     * time if need be.
     *
     * @param timeout how long at most
     * @param unit the unit of the timeout
     * @return null if there was none, or the queue is closed and has none left
     * @throws InterruptedException if this thread is interrupted while it waits
     * @throws QueueException as {@link #takeLeased} does
     * @throws UndecodableException as {@link #takeLeased} does
     */
    public @Nullable Lease<E> pollLeased(long timeout, TimeUnit unit) throws InterruptedException {
        return lease(Timeout.nanos(timeout, unit));
    }

    private @Nullable Lease<E> lease(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        LeasedBytes leased = core.consumer().lease(nanos);
        if (leased == null) {
            return null;
        }
        try {
            return new Lease<>(core, leased.lease(), elements.decode(leased.element()));
        } catch (UndecodableException e) {
            core.consumer()
                    .acknowledge(leased.lease()); // nobody here can: it would come back for ever
            throw e;
        }
    }

    /**
     * Looks at the oldest element, which stays; another process may take it at any time.
     *
     * @return null if there is none
     * @throws UndecodableException if the element cannot be decoded here; it stays
     */
    @Override
    public @Nullable E peek() {
        byte[] bytes = core.content().peek();
        return bytes == null ? null : elements.decode(bytes);
    }

    /**
     * Takes all elements that are there now, many of them under one lock. What was taken together
     * is lost together if this process is killed before the call returns: that is up to 8 KiB of
     * elements, where {@link #take} loses one.
     *
     * @return how many
     * @throws UndecodableException if one or more cannot be decoded here; all others that were
     *     taken are in {@code target} then
     */
    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    /**
     * Takes elements that are there now, many of them under one lock, as {@link
     * #drainTo(Collection)} does.
     *
     * @return how many
     * @throws UndecodableException as {@link #drainTo(Collection)} does
     */
    @Override
    public int drainTo(Collection<? super E> target, int maxElements) {
        Objects.requireNonNull(target, "target");
        if (target == this) {
            throw new IllegalArgumentException("a queue cannot be drained into itself");
        }
        return bulk.drainTo(target, maxElements);
    }

    /**
     * How many elements there are: exact at some moment during the call.
     *
     * @return the number, without those that were taken
     */
    @Override
    public int size() {
        return core.ring().size();
    }

    @Override
    public boolean isEmpty() {
        return core.ring().isEmpty();
    }

    /**
     * How many more elements may be put. There may be less room for large ones, see {@link
     * Builder#capacityBytes}, and after removals from the middle, see {@link #remove(Object)}.
     */
    @Override
    public int remainingCapacity() {
        return Math.max(0, core.ring().shape().capacity() - size());
    }

    /**
     * Goes over the elements as they are now, oldest first; they may be taken meanwhile. Each is
     * decoded when it is reached, which may fail with an {@link UndecodableException}; the iterator
     * can go on after that. {@link Iterator#remove} removes the element from the queue if it is
     * still there.
     */
    @Override
    public Iterator<E> iterator() {
        return new EntryIterator<>(core, elements, core.content().entries());
    }

    @Override
    public boolean contains(@Nullable Object object) {
        return bulk.find(object) != null;
    }

    /**
     * Removes the oldest element that equals this object. An element that leaves from the middle
     * gives its place back at once, and its bytes when all before it have left.
     */
    @Override
    public boolean remove(@Nullable Object object) {
        return bulk.remove(object);
    }

    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        return bulk.removeMatching(Objects.requireNonNull(filter, "filter"));
    }

    @Override
    public boolean removeAll(Collection<?> objects) {
        return bulk.removeMatching(Objects.requireNonNull(objects, "objects")::contains);
    }

    @Override
    public boolean retainAll(Collection<?> objects) {
        Objects.requireNonNull(objects, "objects");
        return bulk.removeMatching(element -> !objects.contains(element));
    }

    /** Removes the elements that are there now; they count as done. */
    @Override
    public void clear() {
        core.consumer().clear();
    }

    /**
     * Says that one element that this process took is done. A process that uses {@link #join} calls
     * it once for each element that it took, when it is done with it.
     *
     * @throws IllegalStateException if all elements that this process took are done
     */
    public void taskDone() {
        if (!core.waits().taskDone()) {
            throw new IllegalStateException(
                    "taskDone was called more often than elements were taken by this process");
        }
    }

    /**
     * Waits until the queue is empty and {@link #taskDone} was called for each element that was
     * taken; what dead processes had taken is not waited for. What was removed or cleared counts as
     * done.
     *
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public void join() throws InterruptedException {
        core.waits().join(Timeout.FOREVER);
    }

    /**
     * Waits as {@link #join()} does, for a time.
     *
     * @param timeout how long at most; not positive: only looks
     * @return false if the time was over before
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public boolean join(Duration timeout) throws InterruptedException {
        return core.waits().join(Timeout.nanos(timeout));
    }

    /**
     * True if the queue was closed, by any process. It may still have elements.
     *
     * @return whether it was
     */
    public boolean isClosed() {
        return core.ring().isClosed();
    }

    /**
     * Closes the queue for all processes: it takes no more elements. Who waits for room gets a
     * {@link QueueClosedException}. What is in the queue can still be taken; who waits for an
     * element, or takes one, when there is none left gets a {@code QueueClosedException} from
     * {@link #take}, and null from {@link #poll()}. The queue's memory is freed when it is closed
     * and empty. Does nothing the second time.
     *
     * <p>A process that closes it for lack of interest should {@link #clear} it as well.
     */
    @Override
    public void close() {
        core.close();
    }

    @Serial
    private Object writeReplace() throws NotSerializableException {
        Codec codec = elements.codec();
        boolean standard = codec == Codec.standard();
        if (!standard && !(codec instanceof Serializable)) {
            throw new NotSerializableException(
                    codec.getClass().getName() + ", the codec of a queue that travels");
        }
        return new QueueHandle(core.path().toString(), core.publicName(), standard ? null : codec);
    }

    @Serial
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a queue travels as its handle");
    }

    /**
     * What a new queue is to be like.
     *
     * <p>Not thread-safe; what it makes is independent of it.
     */
    public static final class Builder {

        /** How many elements a queue holds if nothing else was said: {@value}. */
        public static final int DEFAULT_CAPACITY = 1024;

        /** How many bytes of elements a queue holds if nothing else was said: {@value}. */
        public static final long DEFAULT_CAPACITY_BYTES = 1L << 30;

        private int capacity = DEFAULT_CAPACITY;
        private long capacityBytes = DEFAULT_CAPACITY_BYTES;
        private Codec codec = Codec.standard();
        private @Nullable String name;

        Builder() {}

        /**
         * Bounds the number of elements. The queue takes shared memory for them when it is made: at
         * least 32 bytes for each.
         *
         * @param elements the most elements, from 1 to 33554431
         * @return this
         */
        public Builder capacity(int elements) {
            if (elements < 1 || elements > QueueShape.MAX_CAPACITY) {
                throw new IllegalArgumentException(
                        "a queue holds from 1 to "
                                + QueueShape.MAX_CAPACITY
                                + " elements: capacity="
                                + elements);
            }
            capacity = elements;
            return this;
        }

        /**
         * Bounds the bytes of all encoded elements together. An element that is larger alone is
         * refused.
         *
         * @param bytes the most bytes, at least 1
         * @return this
         */
        public Builder capacityBytes(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException(
                        "a queue holds at least one byte: capacityBytes=" + bytes);
            }
            capacityBytes = bytes;
            return this;
        }

        /**
         * Encodes elements in another way. The codec travels with the queue, so it must be {@link
         * java.io.Serializable} if the queue goes to other processes.
         *
         * @param elements the codec
         * @return this
         */
        public Builder codec(Codec elements) {
            codec = Objects.requireNonNull(elements, "elements");
            return this;
        }

        /**
         * Gives the queue a name, by which any process of this user can open it. It lasts while at
         * least one process has it open: when the last one ends, so do the queue and what is in it.
         *
         * @param value up to 40 letters, digits, dots, hyphens and underscores
         * @return this
         */
        public Builder name(String value) {
            OpenQueues.requireName(value);
            name = value;
            return this;
        }

        /**
         * Makes the queue.
         *
         * @param <E> the elements
         * @return the queue
         * @throws QueueException if there is a queue of this name
         * @throws UncheckedIOException if there is no room for its shared memory
         */
        public <E> ProcessQueue<E> build() {
            if (name != null) {
                return named(name, shape(), NamedMembers.Expectation.FREE);
            }
            try {
                return new ProcessQueue<>(OpenQueues.create(shape()), codec);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make a queue: " + e.getMessage(), e);
            }
        }

        /**
         * Opens the queue that some process made with this name. It keeps the capacity that it was
         * made with; the codec must be the same one.
         *
         * @param <E> the elements
         * @return the queue
         * @throws QueueException if no process has a queue of this name open
         * @throws IllegalStateException if no name was given
         * @throws UncheckedIOException if it cannot be used here
         */
        public <E> ProcessQueue<E> open() {
            return named(requireName(), null, NamedMembers.Expectation.TAKEN);
        }

        /**
         * Opens the queue of this name, or makes it: for processes that start in any order.
         *
         * @param <E> the elements
         * @return the queue
         * @throws IllegalStateException if no name was given
         * @throws UncheckedIOException if there is no room for its shared memory, or it cannot be
         *     used here
         */
        public <E> ProcessQueue<E> openOrBuild() {
            return named(requireName(), shape(), NamedMembers.Expectation.ANY);
        }

        private QueueShape shape() {
            return QueueShape.of(capacity, capacityBytes);
        }

        private String requireName() {
            if (name == null) {
                throw new IllegalStateException("only a queue with a name can be opened");
            }
            return name;
        }

        private <E> ProcessQueue<E> named(
                String known, @Nullable QueueShape shape, NamedMembers.Expectation expectation) {
            try {
                return new ProcessQueue<>(OpenQueues.named(known, shape, expectation), codec);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot open or make the queue: name=" + known + ": " + e.getMessage(), e);
            }
        }
    }
}
