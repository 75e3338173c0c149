package dev.procession.pool.dispatch;

import dev.procession.core.SerializableBiFunction;
import dev.procession.core.SerializableFunction;
import dev.procession.pool.protocol.Packer;
import dev.procession.pool.protocol.UserWork;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code map} applies and what it applies it to: items, or pairs of them until one of the
 * two iterators has no more. Reads them into chunks. Used by the thread that takes the results.
 */
public final class MapItems {

    private final Object function;
    private final Iterator<?> first;
    private final @Nullable Iterator<?> second;
    private Packer firsts = new Packer(0);
    private @Nullable Packer seconds;

    private MapItems(Object function, Iterator<?> first, @Nullable Iterator<?> second) {
        this.function = function;
        this.first = first;
        this.second = second;
    }

    /** Applies a function to each item. */
    public static <T, R> MapItems of(
            SerializableFunction<T, R> function, Iterator<? extends T> items) {
        return new MapItems(function, items, null);
    }

    /** Applies a function to each pair of items. */
    public static <T, U, R> MapItems of(
            SerializableBiFunction<T, U, R> function,
            Iterator<? extends T> first,
            Iterator<? extends U> second) {
        return new MapItems(function, first, second);
    }

    /** Refuses a function that no worker can load. */
    void check() {
        UserWork.check(function);
    }

    boolean hasNext() {
        return first.hasNext() && (second == null || second.hasNext());
    }

    /** Begins a chunk of so many items at most. */
    void begin(int size) {
        firsts = new Packer(size);
        seconds = second == null ? null : new Packer(size);
    }

    /** Reads the next item into the chunk; reads both parts of a pair, or adds none. */
    void addNext() {
        Object item = first.next();
        Packer rights = seconds;
        if (second != null && rights != null) {
            rights.add(second.next());
        }
        firsts.add(item);
    }

    /** Returns how many items the chunk has. */
    int size() {
        return firsts.size();
    }

    /** Returns the chunk. */
    MapChunk take() {
        return new MapChunk(function, firsts.pack(), seconds == null ? null : seconds.pack());
    }
}
