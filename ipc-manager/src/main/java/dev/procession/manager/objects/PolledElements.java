package dev.procession.manager.objects;

import java.util.Arrays;

/**
 * The elements that one client has polled last, so that it may put back what it cannot decode. It
 * knows as many as a client polls before it finds that out.
 */
final class PolledElements {

    private static final int MAX = 1024;
    private static final int FIRST = 8;

    private long[] numbers = new long[FIRST];
    private int[] bytes = new int[FIRST];
    private int next;

    /** Notes that an element was polled. */
    void add(long number, int itsBytes) {
        if (next == numbers.length && next < MAX) {
            numbers = Arrays.copyOf(numbers, 2 * next);
            bytes = Arrays.copyOf(bytes, 2 * next);
        }
        int place = next % numbers.length;
        numbers[place] = number;
        bytes[place] = itsBytes;
        next = place + 1;
    }

    /** Whether an element of so many bytes was polled. */
    boolean has(long number, int itsBytes) {
        return find(number, itsBytes) >= 0;
    }

    /** Forgets an element, which is put back. */
    void remove(long number, int itsBytes) {
        int place = find(number, itsBytes);
        if (place >= 0) {
            numbers[place] = 0;
        }
    }

    private int find(long number, int itsBytes) {
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == number && bytes[i] == itsBytes) {
                return i;
            }
        }
        return -1;
    }
}
