package dev.procession.pool.protocol;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import dev.procession.core.transfer.FailureCodec;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Items of a {@code map}, to which a worker applies the function, one after the other. */
public final class Chunk {

    private Chunk() {}

    /**
     * The results of a chunk.
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
     * Returns a task that applies a function to a chunk. It is a lambda, which is encoded by its
     * parts: numbers need no object stream.
     *
     * @param function what to apply
     * @param items what to apply it to, {@link Packed}
     */
    public static <T, R> SerializableCallable<Results> task(
            SerializableFunction<T, R> function, Object items) {
        return () -> apply(function, items);
    }

    private static <T, R> Results apply(SerializableFunction<T, R> function, Object items) {
        long start = System.nanoTime();
        int size = Packed.size(items);
        Packer values = new Packer(size);
        byte[] failure = null;
        for (int i = 0; i < size && failure == null; i++) {
            try {
                @SuppressWarnings("unchecked") // packed from items of T
                T item = (T) Packed.get(items, i);
                values.add(function.apply(item));
            } catch (Throwable e) { // the failure of this item, after the results before it
                failure = FailureCodec.encode(e, Codec.standard());
            }
        }
        return new Results(values.pack(), failure, System.nanoTime() - start, "");
    }
}
