package dev.procession.manager.objects;

import java.util.List;

/**
 * Finds the chunk that has an element. It is a binary indexed tree: the number at a place is the
 * sum of the sizes of as many chunks, up to this one, as the lowest bit of the place says, counted
 * from 1.
 */
final class ChunkSizes {

    private int[] sums = {0};

    /** Sets all sizes; chunks were made or have gone. */
    void reset(List<ElementChunk> chunks) {
        int count = chunks.size();
        if (sums.length != count + 1) {
            sums = new int[count + 1];
        }
        for (int i = 1; i <= count; i++) {
            sums[i] = chunks.get(i - 1).size();
        }
        for (int i = 1; i <= count; i++) {
            int next = i + Integer.lowestOneBit(i);
            if (next <= count) {
                sums[next] += sums[i];
            }
        }
    }

    /** Changes the size of a chunk. */
    void change(int chunk, int more) {
        for (int i = chunk + 1; i < sums.length; i += Integer.lowestOneBit(i)) {
            sums[i] += more;
        }
    }

    /** Returns how many elements lie before a chunk. */
    int before(int chunk) {
        int sum = 0;
        for (int i = chunk; i > 0; i -= Integer.lowestOneBit(i)) {
            sum += sums[i];
        }
        return sum;
    }

    /** Returns the chunk of an element, which must exist. */
    int find(int index) {
        int place = 0;
        int rest = index;
        for (int step = Integer.highestOneBit(sums.length - 1); step > 0; step >>= 1) {
            int next = place + step;
            if (next < sums.length && sums[next] <= rest) {
                place = next;
                rest -= sums[next];
            }
        }
        return place;
    }
}
