package dev.procession.core.memory;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Elements that were taken together: one copy of the ring from the first to the last, and where in
 * it each of them is. Not of this process's making, so it is read with care and changed by nobody.
 */
public final class QueueRun {

    private static final QueueRun NONE = new QueueRun(0);

    private byte[] copy = new byte[0];
    private int[] places;
    private int count;

    /** A run to which elements are to be added. */
    QueueRun(int elements) {
        this.places = new int[2 * elements];
    }

    /** Nothing. */
    public static QueueRun none() {
        return NONE;
    }

    /** A run of one element. */
    public static QueueRun of(byte[] element) {
        QueueRun run = new QueueRun(1);
        run.add(0, element.length);
        run.copy = element;
        return run;
    }

    void add(int start, int length) {
        if (2 * count == places.length) {
            places = Arrays.copyOf(places, Math.max(16, 2 * places.length));
        }
        places[2 * count] = start;
        places[2 * count + 1] = length;
        count++;
    }

    /** Copies what the elements were found in. */
    void copy(ByteBuffer memory, int from, int to) {
        copy = new byte[to - from];
        memory.get(from, copy);
    }

    /** How many elements there are. */
    public int count() {
        return count;
    }

    /** The bytes of one of them, between the buffer's position and its limit. */
    public ByteBuffer element(int index) {
        if (index >= count) {
            throw new IndexOutOfBoundsException(index);
        }
        return ByteBuffer.wrap(copy, places[2 * index], places[2 * index + 1]);
    }
}
