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
 * <p>{@link #append}, {@link #appendAll} and {@link #close} are for who holds the {@linkplain #lock
 * lock}; the fields here are guarded by it as well. An element is visible to consumers, whole, from
 * the release store of TAIL on and not before.
 */
public final class QueueWriter {

    /** What became of an attempt to put. */
    public enum Result {
        /** The element is in the queue. */
        DONE,
        /** There is no room for it now. */
        FULL,
        /** It may come as the name of a file, but not itself: the ring is too full for it. */
        TOO_LARGE_FOR_NOW,
        /** The queue takes no more elements. */
        CLOSED
    }

    private final ByteBuffer memory;
    private final QueueShape shape;
    private final OwnerLock lock;
    private final boolean countsBytes;
    // Of the consumers, as last looked at: they only grow, so old ones err on the safe side. Good
    // only while no other process has moved TAIL: the counts wrap.
    private long headUnits;
    private int gone;
    private long takenBytes;
    private long lastOffset;
    // What TAIL and its byte count will be; TAIL's flip is still the old one.
    private long staged;
    private long stagedBytes;
    private long lastTail;
    private long lastBytes;

    QueueWriter(ByteBuffer memory, QueueShape shape, OwnerLock lock) {
        this.memory = memory;
        this.shape = shape;
        this.lock = lock;
        // Where even full inline records cannot reach the bound, only files may.
        this.countsBytes = shape.byteBound() != Long.MAX_VALUE;
        lastTail = Words.getAcquire(memory, QueueLayout.TAIL);
        lastBytes = Words.getAcquire(memory, bytesWord(QueueLayout.flip(lastTail)));
        look();
    }

    /** Takes the producers' lock; see {@link OwnerLock#lock}. */
    public boolean lock(long nanos) {
        boolean locked = lock.lock(nanos);
        if (KillPoint.ON && locked) {
            KillPoint.PUT_LOCKED.reached();
        }
        return locked;
    }

    /** Gives the lock back; afterwards the bits of waiters may be read. */
    public void unlock() {
        lock.unlock();
    }

    /**
     * Commits an element.
     *
     * @param kind {@link QueueLayout#INLINE} or {@link QueueLayout#SPILLED}
     * @param elementBytes what it counts against the byte bound
     * @throws IOException if the words in the queue cannot be: somebody wrote over them
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
     * Commits as many elements as find room, up to about so many bytes and the first that is too
     * large to stand in the ring; all by one store.
     *
     * @return how many, from {@code from} on
     * @throws IOException if the words in the queue cannot be: somebody wrote over them
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
            look();
        }
        staged = tail;
        stagedBytes = lastBytes;
        return true;
    }

    /** Copies an element behind what is staged; nobody sees it before the commit. */
    private Result stage(int kind, byte[] payload, long elementBytes) throws IOException {
        int ring = shape.ringBytes();
        int record = QueueLayout.recordBytes(payload.length);
        int toEnd = ring - (int) (QueueLayout.units(staged) << 3 & ring - 1);
        int padding = record > toEnd ? toEnd : 0;
        Result room = room(kind, staged, padding + record, stagedBytes + elementBytes);
        if (room != Result.DONE) {
            look();
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

    /** Where the record is that was appended last, by whoever holds the lock now. */
    public long lastOffset() {
        return lastOffset;
    }

    private Result room(int kind, long tail, int need, long bytes) throws IOException {
        int size = QueueLayout.count(tail) - gone;
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
        // Each of the elements that the capacity promises must have room at least as a name.
        long promised = (long) (shape.capacity() - size) * QueueLayout.SPILLED_RECORD_BYTES;
        return kind == QueueLayout.INLINE
                        && need > QueueLayout.SPILLED_RECORD_BYTES
                        && free - need < promised
                ? Result.TOO_LARGE_FOR_NOW
                : Result.DONE;
    }

    private void look() {
        // The offset and the counts need not fit each other: each alone errs on the safe side.
        long head = Words.getAcquire(memory, QueueLayout.HEAD);
        headUnits = QueueLayout.units(head);
        gone =
                QueueLayout.count(head)
                        + QueueLayout.count(Words.getAcquire(memory, QueueLayout.REMOVED));
        if (countsBytes) {
            takenBytes = QueueReader.takenBytes(memory);
        }
    }

    private static int bytesWord(int flip) {
        return QueueLayout.PUT_BYTES + flip * Long.BYTES;
    }

    /** Closes the queue: no element comes after this one store. */
    public void close() {
        Words.getAndSetBits(memory, QueueLayout.STATE, QueueLayout.CLOSED_BIT);
    }
}
