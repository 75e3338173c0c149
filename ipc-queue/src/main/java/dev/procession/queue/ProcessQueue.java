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
 * A bounded first-in first-out queue that any number of processes put into and take from: an {@link
 * java.util.concurrent.ArrayBlockingQueue} between JVMs, and Python's {@code multiprocessing.Queue}
 * with two differences: a pool's tasks may capture it as well, and the death of a process does not
 * block the others.
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
 * in the calling thread. An element that cannot be encoded is refused with an {@link
 * UnserializableException}, and the queue is unchanged. An element that cannot be decoded fails one
 * take with an {@link UndecodableException}, which has the bytes. Small elements are stored in
 * shared memory, large ones in spill files. {@code null} is refused.
 *
 * <p><b>Other processes</b> get the queue inside an object: capture it in a task or in the body of
 * a {@link dev.procession.core.ChildProcess}, or send it through a connection. All of them use the
 * same queue. Unrelated processes give the queue a name, see {@link #open}.
 *
 * <p><b>Death.</b> A process may die at any instruction, and the others go on: an element is either
 * in the queue, whole, or it is not. An element that a process had taken when it died is lost, and
 * only that one; {@link #takeLeased} avoids the loss. A lock of a dead process is taken over as
 * soon as the kernel proves the death. A process that is stopped is not dead: if it was stopped
 * while it held a lock, which it does for a few instructions, the others wait until it continues.
 *
 * <p><b>Closing</b> ends the queue for all processes, see {@link #close}. A queue without a name
 * that is never closed ends with the program that made it; one with a name ends when the last
 * process that has it open is dead.
 *
 * <p><b>Threads.</b> All methods may be called by any threads of any processes at the same time.
 * What a thread did before it put an element is visible to the thread that takes the element, if
 * both are in the same JVM. A waiting thread uses the processor for about the first 30 microseconds
 * only. Waiting threads are not served in order, neither in one process nor among several, but
 * every one is served.
 *
 * @param <E> the elements
 */
// This file is long because BlockingQueue and the builder have many methods, each with its Javadoc;
// the work is done in the other classes of this package.
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

    QueueCore core() {
        return core;
    }

    /**
     * Makes a queue for the processes of this program.
     *
     * @param capacity the largest number of elements in the queue, at least 1
     * @param <E> the elements
     * @return the queue
     * @throws UncheckedIOException if there is no room for its shared memory
     */
    public static <E> ProcessQueue<E> create(int capacity) {
        return builder().capacity(capacity).build();
    }

    /**
     * Opens a queue that a process of this user made with a {@linkplain Builder#name name} and the
     * standard codec; see {@link Builder#open} for another codec.
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
     * Returns a builder with default settings.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Puts an element at the end and waits while the queue is full.
     *
     * @throws UnserializableException if the element cannot be encoded; the queue is unchanged
     * @throws QueueException if the element is larger than the queue's capacity in bytes, or the
     *     file system has no room for it; the queue is unchanged
     * @throws QueueClosedException if the queue was closed, also while this thread waits
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
     * Puts an element at the end if there is room now. Waits only for a lock that is held for a
     * moment.
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
     * Puts an element at the end and waits for a limited time while the queue is full.
     *
     * @return false if there was no room in time
     * @throws UnserializableException if the element cannot be encoded; the queue is unchanged
     * @throws QueueException as {@link #put} does
     * @throws QueueClosedException if the queue was closed, also while this thread waits
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
     * Puts elements at the end while there is room, many of them under one lock. No other element
     * comes between those that are put under one lock; one may come between two such groups.
     *
     * @param elements the elements, in their order; all are encoded before the first is put
     * @return how many were put: the first ones
     * @throws UnserializableException if one cannot be encoded; the queue is unchanged
     * @throws QueueException as {@link #put} does; those before it are put
     * @throws QueueClosedException if the queue is closed
     */
    public int offerAll(Collection<? extends E> elements) {
        requireOther(elements);
        return bulk.offerAll(this.elements.encodeAll(elements));
    }

    /**
     * Puts elements at the end, many of them under one lock, and waits while the queue is full.
     *
     * @param elements the elements, in their order; all are encoded before the first is put
     * @throws InterruptedException if this thread is interrupted while it waits; the first ones may
     *     have been put
     * @throws UnserializableException if one cannot be encoded; the queue is unchanged
     * @throws QueueException as {@link #put} does; those before it are put
     * @throws QueueClosedException if the queue was closed, also while this thread waits; the first
     *     ones may have been put
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
     * Takes the oldest element and waits while the queue is empty.
     *
     * @throws QueueClosedException if the queue is closed and empty, also while this thread waits
     * @throws UndecodableException if the element cannot be decoded here; it is removed, its bytes
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
     * Takes the oldest element and waits for a limited time while the queue is empty.
     *
     * @return null if there was none in time, or the queue is closed and empty
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
     * Takes the oldest element if there is one now. Waits only for a lock that is held for a
     * moment.
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
            throw new AssertionError("an interrupt ended a take that does not wait", e);
        }
        return bytes == null ? null : elements.decode(bytes);
    }

    /**
     * Takes the oldest element on approval, and waits while the queue is empty. The element is not
     * lost when this process dies: unless it was acknowledged, it returns to the head of the queue.
     * The other processes see that within about 100 milliseconds of the death. A lease costs a
     * file, some ten microseconds; at most 128 elements are leased at the same time.
     *
     * <p>A leased element is not in the queue and does not count against the capacity. A closed
     * queue does not end before its leased elements are acknowledged.
     *
     * @return the element, to be acknowledged
     * @throws InterruptedException if this thread is interrupted while it waits
     * @throws QueueClosedException if the queue is closed and empty, also while this thread waits
     * @throws QueueException if too many elements are leased, or the file system has no room for
     *     the file; the element stays in the queue
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
     * Takes the oldest element on approval, as {@link #takeLeased} does, and waits for a limited
     * time while the queue is empty.
     *
     * @param timeout how long at most
     * @param unit the unit of the timeout
     * @return null if there was none in time, or the queue is closed and empty
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
            core.consumer().acknowledge(leased.lease()); // it would come back again and again
            throw e;
        }
    }

    /**
     * Returns the oldest element and leaves it in the queue; another process may take it at any
     * time.
     *
     * @return null if there is none
     * @throws UndecodableException if the element cannot be decoded here; it stays in the queue
     */
    @Override
    public @Nullable E peek() {
        byte[] bytes = core.content().peek();
        return bytes == null ? null : elements.decode(bytes);
    }

    /**
     * Takes all elements that are in the queue now, many of them under one lock. Elements that were
     * taken under one lock are lost together if this process is killed before the call returns:
     * that is up to 8 KiB of elements, where {@link #take} loses one.
     *
     * @return how many
     * @throws UndecodableException if one or more cannot be decoded here; all others that were
     *     taken are in {@code target}
     */
    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    /**
     * Takes elements that are in the queue now, many of them under one lock, as {@link
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
     * Returns how many elements are in the queue: exact at some moment during the call.
     *
     * @return the number of elements, without the leased ones
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
     * Returns how many more elements fit. There may be room for fewer large ones, see {@link
     * Builder#capacityBytes}, and for fewer after removals from the middle, see {@link
     * #remove(Object)}.
     */
    @Override
    public int remainingCapacity() {
        return Math.max(0, core.ring().shape().capacity() - size());
    }

    /**
     * Returns an iterator over the elements that are in the queue now, oldest first. Other threads
     * and processes may take them during the iteration. Each element is decoded when it is reached,
     * which may fail with an {@link UndecodableException}; the iterator can be used after that.
     * {@link Iterator#remove} removes the element from the queue if it is still there.
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
     * Removes the oldest element that equals an object. An element that is removed from the middle
     * frees its place in the capacity at once, and its bytes when all elements before it have left.
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

    /** Removes the elements that are in the queue now; they count as done. */
    @Override
    public void clear() {
        core.consumer().clear();
    }

    /**
     * Marks one element that this process took as done. When some process uses {@link #join}, each
     * process calls this method once for each element that it took, after it has processed the
     * element.
     *
     * @throws IllegalStateException if all elements that this process took are already done
     */
    public void taskDone() {
        if (!core.waits().taskDone()) {
            throw new IllegalStateException(
                    "taskDone was called more often than elements were taken by this process");
        }
    }

    /**
     * Waits until the queue is empty and {@link #taskDone} was called for each element that was
     * taken. Elements that dead processes had taken, and elements that were removed or cleared,
     * count as done.
     *
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public void join() throws InterruptedException {
        core.waits().join(Timeout.FOREVER);
    }

    /**
     * Waits as {@link #join()} does, for a limited time.
     *
     * @param timeout how long at most; zero or negative to return at once
     * @return false if the time ran out
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public boolean join(Duration timeout) throws InterruptedException {
        return core.waits().join(Timeout.nanos(timeout));
    }

    /**
     * Returns whether any process has closed the queue. It may still have elements.
     *
     * @return true if it was closed
     */
    public boolean isClosed() {
        return core.ring().isClosed();
    }

    /**
     * Closes the queue for all processes: it accepts no more elements. A thread that waits for room
     * gets a {@link QueueClosedException}. The elements that are in the queue can still be taken;
     * after the last one, {@link #take} throws a {@code QueueClosedException} and {@link #poll()}
     * returns null, also in threads that wait. The queue's memory is freed when the queue is closed
     * and empty. Does nothing the second time.
     *
     * <p>A process that closes the queue and does not need the remaining elements should {@link
     * #clear} it as well.
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
                    codec.getClass().getName()
                            + ", the codec of a queue that is sent to another process");
        }
        return new QueueHandle(core.path().toString(), core.publicName(), standard ? null : codec);
    }

    @Serial
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a queue travels as its handle");
    }

    /**
     * Builds a queue, or opens one with a name.
     *
     * <p>Not thread-safe. The queues that it makes do not change with it.
     */
    public static final class Builder {

        /** The default of {@link #capacity}: {@value} elements. */
        public static final int DEFAULT_CAPACITY = 1024;

        /** The default of {@link #capacityBytes}: {@value} bytes. */
        public static final long DEFAULT_CAPACITY_BYTES = 1L << 30;

        private int capacity = DEFAULT_CAPACITY;
        private long capacityBytes = DEFAULT_CAPACITY_BYTES;
        private Codec codec = Codec.standard();
        private @Nullable String name;

        Builder() {}

        /**
         * Sets the largest number of elements. The queue allocates shared memory for them when it
         * is made: at least 32 bytes for each.
         *
         * @param elements the largest number, from 1 to 33554431
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
         * Sets the largest number of bytes of all encoded elements together. A single element that
         * is larger is refused.
         *
         * @param bytes the largest number, at least 1
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
         * Sets the codec of the elements. It travels with the queue, so it must be {@link
         * java.io.Serializable} if the queue is sent to other processes.
         *
         * @param elements the codec
         * @return this
         */
        public Builder codec(Codec elements) {
            codec = Objects.requireNonNull(elements, "elements");
            return this;
        }

        /**
         * Gives the queue a name, by which any process of this user can open it. The queue lasts
         * while at least one process has it open; when the last one ends, the queue and its
         * elements are gone.
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
         * @throws QueueException if a queue of this name exists
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
         * Opens the queue that another process made with this name. It keeps the capacity that it
         * was made with; the codec must be the same.
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
         * Opens the queue of this name, or makes it if there is none: for processes that start in
         * any order.
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
