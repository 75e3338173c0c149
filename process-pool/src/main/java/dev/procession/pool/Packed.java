package dev.procession.pool;

import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link Packer} has made: an array of numbers of one kind, or of objects. */
final class Packed {

    private Packed() {}

    static int size(Object packed) {
        return packed instanceof int[] ints ? ints.length : Array.getLength(packed);
    }

    static @Nullable Object get(Object packed, int index) {
        if (packed instanceof int[] ints) {
            return ints[index];
        }
        if (packed instanceof long[] longs) {
            return longs[index];
        }
        if (packed instanceof double[] doubles) {
            return doubles[index];
        }
        return ((Object[]) packed)[index];
    }
}
