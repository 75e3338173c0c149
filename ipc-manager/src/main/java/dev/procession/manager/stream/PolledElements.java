package dev.procession.manager.stream;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * The elements that one client has polled last, so that it may put back what it cannot decode. It
 * knows as many as a client polls before it finds that out.
 */
public final class PolledElements {

    private static final int MAX = 1024;
    private static final int FIRST = 8;
    private static final long BYTES_EACH = 3 * Long.BYTES + Integer.BYTES;

    private final ServerStats stats;

    /** The queue of each element; 0 for none. */
    private long[] queues = {};

    private long[] numbers = {};

    /** The request that has polled each element. */
    private long[] seqs = {};

    private int[] bytes = {};
    private int next;

    PolledElements(ServerStats stats) {
        this.stats = stats;
    }

    /**
     * Notes that an element was polled.
     *
     * @param queue the number of its queue, which one of the same name has as well
     * @param seq the number of the request
     */
    public void add(long queue, long number, long seq, int itsBytes) {
        if (next == numbers.length && next < MAX) {
            resize(Math.max(FIRST, 2 * next));
        }
        int place = next % numbers.length;
        queues[place] = queue;
        numbers[place] = number;
        seqs[place] = seq;
        bytes[place] = itsBytes;
        next = place + 1;
    }

    private void resize(int length) {
        stats.polled(BYTES_EACH * (length - numbers.length));
        queues = Arrays.copyOf(queues, length);
        numbers = Arrays.copyOf(numbers, length);
        seqs = Arrays.copyOf(seqs, length);
        bytes = Arrays.copyOf(bytes, length);
    }

    /** Forgets all, as the client has ended. */
    void clear() {
        resize(0);
        next = 0;
    }

    /** Whether an element of so many bytes was polled. */
    public boolean has(long queue, long number, int itsBytes) {
        for (int i = 0; i < numbers.length; i++) {
            if (isAt(i, queue, number) && bytes[i] == itsBytes) {
                return true;
            }
        }
        return false;
    }

    private boolean isAt(int place, long queue, long number) {
        return numbers[place] == number && queues[place] == queue;
    }

    /**
     * Forgets an element, which is back in its queue.
     *
     * @param polledBy takes the number of each request that has polled it
     */
    public void remove(long queue, long number, LongConsumer polledBy) {
        for (int i = 0; i < numbers.length; i++) {
            if (isAt(i, queue, number)) {
                queues[i] = 0;
                polledBy.accept(seqs[i]);
            }
        }
    }
}
