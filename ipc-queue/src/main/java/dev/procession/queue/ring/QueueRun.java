package dev.procession.queue.ring;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Elements that were taken together: one copy of the ring from the first to the last, and where in
 * it each of them is. For one thread, which may use it again for the next ones: fresh memory is
 * what such a copy costs most.
 */
public final class QueueRun {

    private static final int LEAST_PLACES = 64;

    private ByteBuffer copy = ByteBuffer.allocate(0);
    private int[] places = new int[2 * LEAST_PLACES];
    private int count;

    /** Forgets what was here. */
    public void clear() {
        count = 0;
    }

    /** Becomes a run of one element, which is not copied. */
    public void set(byte[] element) {
        clear();
        add(0, element.length);
        copy = ByteBuffer.wrap(element);
    }

    void add(int start, int length) {
        int place = 2 * count;
        if (place == places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        places[place] = start;
        places[place + 1] = length;
        count++;
    }

    /** Copies what the elements were found in. */
    void copy(ByteBuffer memory, int from, int to) {
        int length = to - from;
        if (copy.capacity() < length) {
            copy = ByteBuffer.allocate(length);
        }
        copy.clear().put(0, memory, from, length);
    }

    /** How many elements there are. */
    public int count() {
        return count;
    }

    /**
     * The bytes of one of them, between the buffer's position and its limit: a view that is good
     * until the next call.
     */
    public ByteBuffer element(int index) {
        if (index >= count) {
            throw new IndexOutOfBoundsException(index);
        }
        int start = places[2 * index];
        return copy.limit(start + places[2 * index + 1]).position(start);
    }
}
