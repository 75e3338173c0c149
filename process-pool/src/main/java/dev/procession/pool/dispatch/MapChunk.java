package dev.procession.pool.dispatch;

import dev.procession.core.SerializableBiFunction;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import dev.procession.pool.protocol.Chunk;
import dev.procession.pool.protocol.Packed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Items that were read and go to a worker together, as one task.
 *
 * @param function a {@link SerializableFunction}, or a {@link SerializableBiFunction} if there are
 *     second arguments
 * @param first its first arguments, {@link Packed}
 * @param second its second arguments, as many; or null
 */
record MapChunk(Object function, Object first, @Nullable Object second) {

    /** Returns the task that applies the function up to the first item that fails. */
    SerializableCallable<?> task() {
        return second == null
                ? Chunk.task((SerializableFunction<?, ?>) function, first)
                : Chunk.task((SerializableBiFunction<?, ?, ?>) function, first, second);
    }

    /**
     * Returns the task that applies the function to all items, whichever of them fail; only for
     * items that are no pairs. For one item it returns the result itself, and throws the failure.
     */
    SerializableCallable<?> taskOfEach() {
        SerializableFunction<?, ?> one = (SerializableFunction<?, ?>) function;
        return size() == 1 ? taskOf(one, Packed.get(first, 0)) : Chunk.taskOfEach(one, first);
    }

    @SuppressWarnings("unchecked") // packed from items of T
    private static <T, R> SerializableCallable<R> taskOf(
            SerializableFunction<T, R> function, @Nullable Object item) {
        return Chunk.taskOfOne(function, (T) item);
    }

    int size() {
        return Packed.size(first);
    }

    /** Returns what is sent: the function, and all arguments. */
    List<@Nullable Object> parts() {
        List<@Nullable Object> parts = new ArrayList<>();
        parts.add(function);
        parts.addAll(Packed.list(first));
        if (second != null) {
            parts.addAll(Packed.list(second));
        }
        return parts;
    }

    /** Returns a chunk for each item; only for items that are no pairs. */
    List<MapChunk> singles() {
        List<MapChunk> singles = new ArrayList<>();
        for (Object item : Packed.list(first)) {
            singles.add(new MapChunk(function, new Object[] {item}, null));
        }
        return singles;
    }
}
