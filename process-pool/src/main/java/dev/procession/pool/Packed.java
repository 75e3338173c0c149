package dev.procession.pool;

import java.lang.reflect.Array;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects as an array that serialises fast: numbers of one kind as primitives, anything else as it
 * is.
 */
final class Packed {

    private Packed() {}

    /** An {@code int[]}, {@code long[]}, {@code double[]} or {@code Object[]}. */
    static Object pack(List<?> values) {
        Object first = values.isEmpty() ? null : values.get(0);
        if (first instanceof Integer && areAll(values, Integer.class)) {
            int[] packed = new int[values.size()];
            for (int i = 0; i < packed.length; i++) {
                packed[i] = (Integer) values.get(i);
            }
            return packed;
        }
        if (first instanceof Long && areAll(values, Long.class)) {
            long[] packed = new long[values.size()];
            for (int i = 0; i < packed.length; i++) {
                packed[i] = (Long) values.get(i);
            }
            return packed;
        }
        if (first instanceof Double && areAll(values, Double.class)) {
            double[] packed = new double[values.size()];
            for (int i = 0; i < packed.length; i++) {
                packed[i] = (Double) values.get(i);
            }
            return packed;
        }
        return values.toArray();
    }

    private static boolean areAll(List<?> values, Class<?> type) {
        for (Object value : values) {
            if (value == null || value.getClass() != type) {
                return false;
            }
        }
        return true;
    }

    static int size(Object packed) {
        return Array.getLength(packed);
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
