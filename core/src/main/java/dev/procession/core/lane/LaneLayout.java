package dev.procession.core.lane;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.Words;

/**
 * A lane: two ends, and a one-writer ring from each to the other.
 *
 * <pre>
 *    128  OWNER of end 0     the holder of this end, see {@link LaneOwner}
 *    256  OWNER of end 1
 *    384  control words of the ring that end 0 writes and end 1 reads ({@link RingLayout})
 *    896  control words of the ring that end 1 writes and end 0 reads
 *   1408  USER WORDS         64 words for the lane's user; the pool stores there which task runs
 *   1920  SPILL WORDS of end 0 16 words: a word has the ticket of the spill file, of those that
 *                          this end wrote, that was read last; the reader alone stores it
 *   2048  SPILL WORDS of end 1
 *   2176  unused up to 4096
 *   4096  records of the ring that end 0 writes
 *   4096 + capacity          records of the ring that end 1 writes
 * </pre>
 */
public final class LaneLayout {

    /** How many words the lane's user has. */
    public static final int USER_WORDS = 64;

    /** How many of the spill files of one end the other end may have at once and give back. */
    static final int SPILL_WORDS = Words.PADDED / Long.BYTES;

    private static final int OWNERS = Segment.BODY;
    private static final int RINGS = OWNERS + 2 * Words.PADDED;
    private static final int FIRST_USER_WORD = RINGS + 2 * RingLayout.CONTROL_BYTES;
    private static final int FIRST_SPILL_WORD = FIRST_USER_WORD + USER_WORDS * Long.BYTES;
    private static final int DATA = 4096;

    private LaneLayout() {}

    /** The length of a segment that holds a lane with rings of this capacity. */
    public static int segmentBytes(int capacity) {
        if (capacity < 1024 || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(
                    "a ring's capacity is a power of two, at least 1024: capacity=" + capacity);
        }
        return Math.addExact(DATA, Math.multiplyExact(2, capacity));
    }

    /** The capacity of the rings in a segment of this length. */
    public static int capacity(int segmentBytes) {
        return (segmentBytes - DATA) / 2;
    }

    /** The offset of the word that names the holder of an end. */
    public static int owner(int end) {
        return OWNERS + end * Words.PADDED;
    }

    /** The offset of one of the user's words. */
    public static int userWord(int index) {
        return FIRST_USER_WORD + index * Long.BYTES;
    }

    /** The offset of the word that has the ticket of a file that this end wrote. */
    static int spillWord(int end, int slot) {
        return FIRST_SPILL_WORD + end * Words.PADDED + slot * Long.BYTES;
    }

    /** The most bytes of a payload that a ring of this capacity takes in one record. */
    public static int maxRecordPayloadBytes(int capacity) {
        return capacity / 4 - RingLayout.RECORD_PAYLOAD;
    }

    /** Empties both rings and zeroes the other words; only this process may use the lane. */
    public static void clear(Segment segment) {
        for (int offset = RINGS; offset < spillWord(2, 0); offset += Long.BYTES) {
            Words.setVolatile(segment.memory(), offset, 0);
        }
        int capacity = capacity(segment.memory().capacity());
        for (int end = 0; end < 2; end++) {
            Words.setVolatile(segment.memory(), data(end, capacity), 0);
        }
    }

    /** The ring that an end writes, from the side that writes it. */
    public static RingWriter writer(Segment segment, int end) {
        int capacity = capacity(segment.memory().capacity());
        return new RingWriter(segment.memory(), control(end), data(end, capacity), capacity);
    }

    /** The ring that an end writes, from the side that reads it. */
    public static RingReader reader(Segment segment, int end) {
        int capacity = capacity(segment.memory().capacity());
        return new RingReader(segment.memory(), control(end), data(end, capacity), capacity);
    }

    private static int control(int end) {
        return RINGS + end * RingLayout.CONTROL_BYTES;
    }

    private static int data(int end, int capacity) {
        return DATA + end * capacity;
    }
}
