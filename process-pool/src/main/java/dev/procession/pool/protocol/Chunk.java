package dev.procession.pool.protocol;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import dev.procession.core.transfer.FailureCodec;
import java.io.Serializable;
import java.nio.ByteBuffer;
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
     */
    public record Results(Object values, byte @Nullable [] failure, long nanos)
            implements Serializable {

        /** Decodes what the function threw. */
        public static Throwable thrown(byte[] failure) {
            return FailureCodec.decode(ByteBuffer.wrap(failure), Codec.standard());
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
        return new Results(values.pack(), failure, System.nanoTime() - start);
    }
}
