package dev.procession.pool.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gathers objects into an array that serialises fast: numbers of one kind as primitives, anything
 * else as it is. {@link Packed} reads it.
 */
public final class Packer {

    /** So much at once, but not what a user calls a chunk and never fills. */
    private static final int FIRST = 1 << 14;

    private final int most;

    /** An {@code int[]}, {@code long[]}, {@code double[]} or {@code Object[]}, with room. */
    private Object array;

    private int size;

    /** For so many objects at most. */
    public Packer(int most) {
        this.most = most;
        this.array = new Object[0];
    }

    public int size() {
        return size;
    }

    public void add(@Nullable Object value) {
        if (value instanceof Integer number && array instanceof int[] ints && size < ints.length) {
            ints[size++] = number;
        } else {
            addSlowly(value);
        }
    }

    private void addSlowly(@Nullable Object value) {
        if (size == 0) {
            array = arrayFor(value);
        } else if (size == Packed.size(array)) {
            array = grown();
        }
        if (array instanceof int[] ints && value instanceof Integer number) {
            ints[size++] = number;
        } else if (array instanceof long[] longs && value instanceof Long number) {
            longs[size++] = number;
        } else if (array instanceof double[] doubles && value instanceof Double number) {
            doubles[size++] = number;
        } else {
            objects()[size++] = value;
        }
    }

    private Object arrayFor(@Nullable Object first) {
        int length = Math.min(most, FIRST);
        if (first instanceof Integer) {
            return new int[length];
        }
        if (first instanceof Long) {
            return new long[length];
        }
        return first instanceof Double ? new double[length] : new Object[length];
    }

    private Object grown() {
        return copy((int) Math.min(most, 4L * size));
    }

    private Object copy(int length) {
        if (array instanceof int[] ints) {
            return Arrays.copyOf(ints, length);
        }
        if (array instanceof long[] longs) {
            return Arrays.copyOf(longs, length);
        }
        if (array instanceof double[] doubles) {
            return Arrays.copyOf(doubles, length);
        }
        return Arrays.copyOf((Object[]) array, length);
    }

    /** The array as one of objects, from the first one on that is of another kind. */
    private @Nullable Object[] objects() {
        if (array instanceof Object[] already) {
            return already;
        }
        @Nullable Object[] objects = new @Nullable Object[Packed.size(array)];
        for (int i = 0; i < size; i++) {
            objects[i] = Packed.get(array, i);
        }
        array = objects;
        return objects;
    }

    /** What was added, in order, in an array of just that length. */
    public Object pack() {
        return size == Packed.size(array) ? array : copy(size);
    }
}
