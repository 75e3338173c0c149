package dev.procession.pool.protocol;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link Packer} has made: an array of numbers of one type, or of objects. */
public final class Packed {

    private Packed() {}

    public static int size(Object packed) {
        return packed instanceof int[] ints ? ints.length : Array.getLength(packed);
    }

    public static @Nullable Object get(Object packed, int index) {
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

    /** Returns all elements, boxed. */
    public static List<@Nullable Object> list(Object packed) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < size(packed); i++) {
            list.add(get(packed, i));
        }
        return list;
    }
}
