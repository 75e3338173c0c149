package dev.procession.queue.ring;

import dev.procession.core.memory.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a queue, fixed when it is made.
 *
 * @param capacity elements at most
 * @param byteBound bytes of elements at most
 * @param ringBytes bytes of the ring, a power of two
 */
public record QueueShape(int capacity, long byteBound, int ringBytes) {

    /** The largest capacity: with it the largest ring still has a record for each element. */
    public static final int MAX_CAPACITY =
            QueueLayout.MAX_RING_BYTES / QueueLayout.SPILLED_RECORD_BYTES - 1;

    private static final int SMALLEST_RING = 1 << 16;
    private static final int USUAL_RECORD_BYTES = 128;
    private static final int USUAL_RING = 1 << 22;
    private static final int INLINE_SHARE = 8;

    /** Returns the shape of a queue whose ring has room for elements of usual sizes. */
    public static QueueShape of(int capacity, long byteBound) {
        long least = (capacity + 1L) * QueueLayout.SPILLED_RECORD_BYTES;
        long usual =
                Math.min((long) capacity * USUAL_RECORD_BYTES, 2 * Math.min(byteBound, USUAL_RING));
        long ring = Math.max(SMALLEST_RING, Math.max(least, usual));
        return new QueueShape(capacity, byteBound, powerOfTwo(ring));
    }

    private static int powerOfTwo(long bytes) {
        long power = Long.highestOneBit(bytes);
        return Math.toIntExact(power == bytes ? power : power << 1);
    }

    /** Reads the shape from a segment; refuses impossible sizes. */
    static QueueShape read(Segment segment) throws IOException {
        QueueShape shape = readIfSound(segment.memory(), segment.memory().capacity());
        if (shape == null) {
            throw new IOException(
                    "not the words of a queue: path="
                            + segment.path()
                            + ", capacity="
                            + segment.memory().getLong(QueueLayout.CAPACITY)
                            + ", byteBound="
                            + segment.memory().getLong(QueueLayout.BYTE_BOUND)
                            + ", ringBytes="
                            + segment.memory().getLong(QueueLayout.RING_BYTES)
                            + ", bytes="
                            + segment.memory().capacity());
        }
        return shape;
    }

    /** Reads the shape from the first words of a segment of this length; null if it cannot be. */
    static @Nullable QueueShape readIfSound(ByteBuffer memory, long length) {
        long capacity = memory.getLong(QueueLayout.CAPACITY);
        long byteBound = memory.getLong(QueueLayout.BYTE_BOUND);
        long ring = memory.getLong(QueueLayout.RING_BYTES);
        if (capacity < 1
                || capacity > MAX_CAPACITY
                || byteBound < 1
                || Long.bitCount(ring) != 1
                || ring < (capacity + 1) * QueueLayout.SPILLED_RECORD_BYTES
                || QueueLayout.DATA + ring != length) {
            return null;
        }
        return new QueueShape((int) capacity, byteBound, (int) ring);
    }

    /** Returns the first words of a new segment. */
    public long[] toWords() {
        return new long[] {capacity, byteBound, ringBytes};
    }

    /** Returns the length of a segment of this shape. */
    public int segmentBytes() {
        return QueueLayout.segmentBytes(ringBytes);
    }

    /** Returns the length of the largest element that may be in the ring itself. */
    public int maxInlineBytes() {
        return ringBytes / INLINE_SHARE - QueueLayout.HEADER_BYTES;
    }
}
