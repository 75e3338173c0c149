package dev.procession.queue.ring;

/**
 * For how long the oldest element of a queue has been in it at least, as far as looks have seen:
 * each of them counts the bytes that were ever put and ever taken. Bytes that were put before a
 * look and are not taken now belong to elements that are older than that look. Used by one thread
 * at a time.
 */
final class QueueAge {

    /** How many looks are kept; when they are more, every second one is dropped. */
    private static final int MOST_LOOKS = 64;

    /** A look is kept if this part of the time since the oldest one has passed since the last. */
    private static final int PART = MOST_LOOKS / 2;

    private final long[] puts = new long[MOST_LOOKS];
    private final long[] times = new long[MOST_LOOKS];
    private int count;

    /**
     * Adds a look.
     *
     * @param nanos when it was taken
     * @param put how many bytes were ever put
     * @param taken how many of them were ever taken
     * @return the age, in nanoseconds; 0 if the queue is empty, or nothing is known
     */
    long look(long nanos, long put, long taken) {
        if (count > 0 && put < puts[count - 1]) {
            count = 0; // another queue has the file now
        }
        int gone = 0;
        while (gone < count && puts[gone] <= taken) {
            gone++;
        }
        count -= gone;
        System.arraycopy(puts, gone, puts, 0, count);
        System.arraycopy(times, gone, times, 0, count);
        boolean isNew = count == 0 ? put > taken : put > puts[count - 1];
        if (isNew && (count == 0 || nanos - times[count - 1] >= (nanos - times[0]) / PART)) {
            add(nanos, put);
        }
        return count == 0 ? 0 : nanos - times[0];
    }

    private void add(long nanos, long put) {
        if (count == MOST_LOOKS) {
            count /= 2;
            for (int i = 0; i < count; i++) {
                puts[i] = puts[2 * i];
                times[i] = times[2 * i];
            }
        }
        puts[count] = put;
        times[count] = nanos;
        count++;
    }
}
