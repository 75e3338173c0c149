package dev.procession.pool.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects objects in an array that is serialised fast: numbers of one type as primitives, anything
 * else as it is. {@link Packed} reads it. Used by one thread.
 */
public final class Packer {

    /** The first length of the array, however large a chunk the user allows. */
    private static final int FIRST = 1 << 14;

    private final int most;

    /** An {@code int[]}, {@code long[]}, {@code double[]} or {@code Object[]}, with room. */
    private Object array;

    private int size;

    /**
     * Makes an empty packer.
     *
     * @param most how many objects may be added
     */
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

    /**
     * Returns the array as one of objects; converts it when the first object of another type comes.
     */
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

    /** Returns what was added, in order, in an array of exactly that length. */
    public Object pack() {
        return size == Packed.size(array) ? array : copy(size);
    }
}
