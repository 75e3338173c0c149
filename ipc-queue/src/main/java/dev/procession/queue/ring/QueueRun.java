package dev.procession.queue.ring;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Elements that are taken together: one copy of the ring from the first to the last element, and
 * the place of each element in it. One thread uses it, and may use it again for the next elements:
 * fresh memory is the largest cost of such a copy.
 */
public final class QueueRun {

    private static final int LEAST_PLACES = 64;

    private ByteBuffer copy = ByteBuffer.allocate(0);
    private int[] places = new int[2 * LEAST_PLACES];
    private int count;

    /** Drops all elements. */
    public void clear() {
        count = 0;
    }

    /** Replaces the elements by one, which is not copied. */
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

    /** Copies the part of the ring that contains the elements. */
    void copy(ByteBuffer memory, int from, int to) {
        int length = to - from;
        if (copy.capacity() < length) {
            copy = ByteBuffer.allocate(length);
        }
        copy.clear().put(0, memory, from, length);
    }

    /** Returns the number of elements. */
    public int count() {
        return count;
    }

    /**
     * Returns the bytes of an element, between the buffer's position and its limit: a view that is
     * valid until the next call.
     */
    public ByteBuffer element(int index) {
        if (index >= count) {
            throw new IndexOutOfBoundsException(index);
        }
        int start = places[2 * index];
        return copy.limit(start + places[2 * index + 1]).position(start);
    }
}
