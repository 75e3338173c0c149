package dev.procession.pool.protocol;

import dev.procession.core.Codec;
import dev.procession.core.SerializableBiFunction;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import dev.procession.core.transfer.FailureCodec;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Items of a {@code map}, to which a worker applies the function, one after the other. The tasks
 * are lambdas, which are encoded by their parts: numbers need no object stream.
 */
public final class Chunk {

    private Chunk() {}

    /**
     * The results of a chunk that ends with the first failure.
     *
     * @param values the results, {@link Packed}; up to the item that failed
     * @param failure what the function threw for the next item, encoded; null if it never threw
     * @param nanos how long it took
     * @param origin where it threw, for {@link TaskOrigin}; empty if it never threw
     */
    public record Results(Object values, byte @Nullable [] failure, long nanos, String origin)
            implements Serializable {

        /** Returns these results, with where the function threw if it did. */
        public Results from(int worker, long task) {
            return failure == null
                    ? this
                    : new Results(
                            values,
                            failure,
                            nanos,
                            TaskOrigin.of(worker, ProcessHandle.current().pid(), "task " + task));
        }

        /** Decodes what the function threw. */
        public Throwable thrown() {
            byte[] encoded = Objects.requireNonNull(failure, "the function did not throw");
            Throwable thrown = FailureCodec.decode(ByteBuffer.wrap(encoded), Codec.standard());
            TaskOrigin.addTo(thrown, origin);
            return thrown;
        }
    }

    /**
     * The results of a chunk in which a failure concerns one item.
     *
     * @param values the results, {@link Packed}; a {@link Failed} in the place of a failure
     * @param origin where the function threw, for {@link TaskOrigin}
     */
    public record ResultOfEach(Object values, String origin) implements Serializable {

        /** Returns these results, with where they were made. */
        public ResultOfEach from(int worker, long task) {
            long pid = ProcessHandle.current().pid();
            return new ResultOfEach(values, TaskOrigin.of(worker, pid, "task " + task));
        }

        /** Returns the same, but with a failure in the place of each value that cannot be sent. */
        public ResultOfEach sendable(Codec codec) {
            Packer sendable = new Packer(Packed.size(values));
            for (Object value : Packed.list(values)) {
                Throwable obstacle = UserWork.obstacle(codec, Collections.singletonList(value));
                sendable.add(obstacle == null ? value : Failed.by(obstacle));
            }
            return new ResultOfEach(sendable.pack(), origin);
        }
    }

    /**
     * Stands in the place of a value.
     *
     * @param failure what the function threw, encoded
     */
    public record Failed(byte[] failure) implements Serializable {

        static Failed by(Throwable thrown) {
            return new Failed(FailureCodec.encode(thrown, Codec.standard()));
        }

        /** Decodes what the function threw. */
        public Throwable thrown() {
            return FailureCodec.decode(ByteBuffer.wrap(failure), Codec.standard());
        }
    }

    /** What is applied to the items of a chunk. */
    @FunctionalInterface
    private interface Application {
        @Nullable Object toItem(int index);
    }

    /**
     * Returns a task that applies a function to a chunk.
     *
     * @param function what to apply
     * @param items what to apply it to, {@link Packed}
     */
    public static <T, R> SerializableCallable<Results> task(
            SerializableFunction<T, R> function, Object items) {
        return () -> apply(i -> apply(function, items, i), Packed.size(items));
    }

    /**
     * Returns a task that applies a function to a chunk of pairs.
     *
     * @param function what to apply
     * @param first its first arguments, {@link Packed}
     * @param second its second arguments, as many
     */
    public static <T, U, R> SerializableCallable<Results> task(
            SerializableBiFunction<T, U, R> function, Object first, Object second) {
        return () -> apply(i -> apply(function, first, second, i), Packed.size(first));
    }

    /**
     * Returns a task that applies a function to a chunk, and goes on after a failure.
     *
     * @param function what to apply
     * @param items what to apply it to, {@link Packed}
     */
    public static <T, R> SerializableCallable<ResultOfEach> taskOfEach(
            SerializableFunction<T, R> function, Object items) {
        return () -> applyToEach(function, items);
    }

    /** Returns a task that applies a function to one item, without a chunk. */
    public static <T, R> SerializableCallable<R> taskOfOne(
            SerializableFunction<T, R> function, T item) {
        return () -> function.apply(item);
    }

    @SuppressWarnings("unchecked") // packed from items of T
    private static <T, R> R apply(SerializableFunction<T, R> function, Object items, int index) {
        return function.apply((T) Packed.get(items, index));
    }

    @SuppressWarnings("unchecked") // packed from items of T and U
    private static <T, U, R> R apply(
            SerializableBiFunction<T, U, R> function, Object first, Object second, int index) {
        return function.apply((T) Packed.get(first, index), (U) Packed.get(second, index));
    }

    private static Results apply(Application function, int size) {
        long start = System.nanoTime();
        Packer values = new Packer(size);
        byte[] failure = null;
        for (int i = 0; i < size && failure == null; i++) {
            try {
                values.add(function.toItem(i));
            } catch (Throwable e) { // the failure of this item, after the results before it
                failure = FailureCodec.encode(e, Codec.standard());
            }
        }
        return new Results(values.pack(), failure, System.nanoTime() - start, "");
    }

    private static <T, R> ResultOfEach applyToEach(
            SerializableFunction<T, R> function, Object items) {
        int size = Packed.size(items);
        Packer values = new Packer(size);
        for (int i = 0; i < size; i++) {
            Object value;
            try {
                value = apply(function, items, i);
            } catch (Throwable e) { // the failure of this item alone
                value = Failed.by(e);
            }
            values.add(value);
        }
        return new ResultOfEach(values.pack(), "");
    }
}
