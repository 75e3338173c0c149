package dev.procession.queue.ring;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.OwnerLock;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The producers' side of a two-lock ring.
 *
 * <p>{@link #append}, {@link #appendAll} and {@link #close} are for the holder of the {@linkplain
 * #lock lock}, which guards the fields here too. An element is visible to consumers, whole, from
 * the release store of TAIL on and not before.
 */
public final class QueueWriter {

    /** The result of an attempt to put an element. */
    public enum Result {
        /** The element is in the queue. */
        DONE,
        /** There is no room for it now. */
        FULL,
        /** The ring is too full for the element, but has room for the name of a spill file. */
        TOO_LARGE_FOR_NOW,
        /** The queue takes no more elements. */
        CLOSED
    }

    private final ByteBuffer memory;
    private final QueueShape shape;
    private final OwnerLock lock;
    private final boolean countsBytes;
    // The consumers' words as last read. They only grow, so old values err on the safe side.
    // Valid only while no other process has moved TAIL, because the counts wrap.
    private long headUnits;
    private int goneCount;
    private long takenBytes;
    private long lastOffset;
    // The next TAIL and its byte count; the flip is still that of the current TAIL.
    private long staged;
    private long stagedBytes;
    private long lastTail;
    private long lastBytes;

    QueueWriter(ByteBuffer memory, QueueShape shape, OwnerLock lock) {
        this.memory = memory;
        this.shape = shape;
        this.lock = lock;
        // Without a bound the bytes need not be counted.
        this.countsBytes = shape.byteBound() != Long.MAX_VALUE;
        lastTail = Words.getAcquire(memory, QueueLayout.TAIL);
        lastBytes = Words.getAcquire(memory, bytesWord(QueueLayout.flip(lastTail)));
        readConsumers();
    }

    /** Takes the producers' lock; see {@link OwnerLock#lock}. */
    public boolean lock(long nanos) {
        boolean locked = lock.lock(nanos);
        if (KillPoint.ON && locked) {
            KillPoint.PUT_LOCKED.reached();
        }
        return locked;
    }

    /** Releases the lock; afterwards the bits of waiters may be read. */
    public void unlock() {
        lock.unlock();
    }

    /**
     * Commits an element.
     *
     * @param kind {@link QueueLayout#INLINE} or {@link QueueLayout#SPILLED}
     * @param elementBytes the bytes that count against the byte bound
     * @throws IOException if the words in the queue are not valid: they were overwritten
     */
    public Result append(int kind, byte[] payload, long elementBytes) throws IOException {
        if (!begin()) {
            return Result.CLOSED;
        }
        Result result = stage(kind, payload, elementBytes);
        if (result == Result.DONE) {
            commit();
        }
        return result;
    }

    /**
     * Commits elements by one store, until the ring is full, about {@code mostBytes} are reached,
     * or an element is too large for the ring.
     *
     * @param from the index of the first element
     * @return how many elements were committed
     * @throws IOException if the words in the queue are not valid: they were overwritten
     */
    public int appendAll(List<byte[]> elements, int from, long mostBytes) throws IOException {
        if (!begin()) {
            return 0;
        }
        int count = 0;
        long bytes = 0;
        while (from + count < elements.size() && bytes < mostBytes) {
            byte[] element = elements.get(from + count);
            if (element.length > shape.maxInlineBytes()
                    || stage(QueueLayout.INLINE, element, element.length) != Result.DONE) {
                break;
            }
            bytes += element.length;
            count++;
        }
        if (count > 0) {
            commit();
        }
        return count;
    }

    /** False if the queue is closed. */
    private boolean begin() {
        if ((Words.getAcquire(memory, QueueLayout.STATE) & QueueLayout.CLOSED_BIT) != 0) {
            return false;
        }
        long tail = Words.getAcquire(memory, QueueLayout.TAIL);
        if (tail != lastTail) {
            lastTail = tail;
            lastBytes = Words.getAcquire(memory, bytesWord(QueueLayout.flip(tail)));
            readConsumers();
        }
        staged = tail;
        stagedBytes = lastBytes;
        return true;
    }

    /** Copies an element behind the staged ones; consumers do not see it before the commit. */
    private Result stage(int kind, byte[] payload, long elementBytes) throws IOException {
        int ring = shape.ringBytes();
        int record = QueueLayout.recordBytes(payload.length);
        int toEnd = ring - (int) (QueueLayout.units(staged) << 3 & ring - 1);
        int padding = record > toEnd ? toEnd : 0;
        Result room = room(kind, staged, padding + record, stagedBytes + elementBytes);
        if (room != Result.DONE) {
            readConsumers();
            room = room(kind, staged, padding + record, stagedBytes + elementBytes);
            if (room != Result.DONE) {
                return room;
            }
        }
        int index = QueueLayout.index(QueueLayout.units(staged), ring);
        if (padding > 0) {
            memory.putLong(index, QueueLayout.header(QueueLayout.PADDING, 0));
            index = QueueLayout.DATA;
        }
        memory.putLong(index, QueueLayout.header(kind, payload.length));
        memory.put(index + QueueLayout.HEADER_BYTES, payload);
        lastOffset = QueueLayout.units(staged) + (padding >>> 3);
        stagedBytes += elementBytes;
        staged =
                QueueLayout.position(
                        QueueLayout.count(staged) + 1L,
                        QueueLayout.units(staged) + ((padding + record) >>> 3),
                        QueueLayout.flip(staged));
        return Result.DONE;
    }

    private void commit() {
        int flip = 1 - QueueLayout.flip(staged);
        memory.putLong(bytesWord(flip), stagedBytes);
        if (KillPoint.ON) {
            KillPoint.PUT_COPIED.reached();
        }
        long next =
                QueueLayout.position(QueueLayout.count(staged), QueueLayout.units(staged), flip);
        Words.setRelease(memory, QueueLayout.TAIL, next); // the commit
        lastTail = next;
        lastBytes = stagedBytes;
        if (KillPoint.ON) {
            KillPoint.PUT_COMMITTED.reached();
        }
    }

    /**
     * Returns the offset of the record that was appended last; valid until the lock is released.
     */
    public long lastOffset() {
        return lastOffset;
    }

    private Result room(int kind, long tail, int need, long bytes) throws IOException {
        int size = QueueLayout.count(tail) - goneCount;
        if (size >= shape.capacity() || (countsBytes && bytes - takenBytes > shape.byteBound())) {
            return Result.FULL;
        }
        long used = QueueLayout.bytesBetween(headUnits, QueueLayout.units(tail));
        long free = shape.ringBytes() - used;
        if (size < 0 || free < 0) {
            throw new IOException(
                    "the queue is corrupt: size="
                            + size
                            + ", used="
                            + used
                            + ", ring="
                            + shape.ringBytes());
        }
        if (free < need) {
            return kind == QueueLayout.INLINE && free >= 2 * QueueLayout.SPILLED_RECORD_BYTES
                    ? Result.TOO_LARGE_FOR_NOW
                    : Result.FULL;
        }
        // Reserves room for the name of a spill file for each further element of the capacity.
        long promised = (long) (shape.capacity() - size) * QueueLayout.SPILLED_RECORD_BYTES;
        return kind == QueueLayout.INLINE
                        && need > QueueLayout.SPILLED_RECORD_BYTES
                        && free - need < promised
                ? Result.TOO_LARGE_FOR_NOW
                : Result.DONE;
    }

    private void readConsumers() {
        // The offset and the counts need not be of the same moment: each errs on the safe side.
        long head = Words.getAcquire(memory, QueueLayout.HEAD);
        headUnits = QueueLayout.units(head);
        goneCount =
                QueueLayout.count(head)
                        + QueueLayout.count(Words.getAcquire(memory, QueueLayout.REMOVED));
        if (countsBytes) {
            takenBytes = QueueReader.takenBytes(memory);
        }
    }

    private static int bytesWord(int flip) {
        return QueueLayout.PUT_BYTES + flip * Long.BYTES;
    }

    /** Closes the queue by one store: no element can be put afterwards. */
    public void close() {
        Words.getAndSetBits(memory, QueueLayout.STATE, QueueLayout.CLOSED_BIT);
    }
}
