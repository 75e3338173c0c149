package dev.procession.queue.ring;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.OwnerLock;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The consumers' side of a two-lock ring, for who holds the {@linkplain #lock lock}.
 *
 * <p>{@link #next} looks, the accessors read the record in place, and {@link #consume} takes it by
 * one release store of HEAD. {@link #following} walks over all that is there.
 */
public final class QueueReader {

    private final ByteBuffer memory;
    private final QueueShape shape;
    private final OwnerLock lock;
    private final QueueLeases leases;
    private long units;
    private long header;
    private int index;
    private long skippedBytes;
    private long runEnd;
    private long runBytes;
    // The tail as last looked at: it only grows. Its word is the producers', and dear to look at.
    // Good only while no other process has moved HEAD: the offsets wrap.
    private long knownTail;
    // The words of the consumers, which nobody else changes while this one has the lock.
    private long lastHead;
    private long lastTaken;
    private long removed;
    private boolean leased; // as of the last look; the bit is set under this lock

    QueueReader(ByteBuffer memory, QueueShape shape, OwnerLock lock, QueueLeases leases) {
        this.memory = memory;
        this.leases = leases;
        this.shape = shape;
        this.lock = lock;
        look(Words.getAcquire(memory, QueueLayout.HEAD));
    }

    /** Sees where the consumers are, after some other process has moved HEAD. */
    private void look(long head) {
        lastHead = head;
        lastTaken = memory.getLong(bytesWord(QueueLayout.flip(head)));
        knownTail = QueueLayout.units(head); // so that it is looked at
    }

    /** Takes the consumers' lock; see {@link OwnerLock#lock}. */
    public boolean lock(long nanos) {
        boolean locked = lock.lock(nanos);
        if (KillPoint.ON && locked) {
            KillPoint.TAKE_LOCKED.reached();
        }
        return locked;
    }

    /** Gives the lock back; afterwards the bits of waiters may be read. */
    public void unlock() {
        lock.unlock();
    }

    /** Whether it is worth taking the lock for an element: false only if there is none now. */
    public boolean isReady() {
        long tail = QueueLayout.units(Words.getVolatile(memory, QueueLayout.TAIL));
        // Where HEAD was when this process had the lock: mostly it is there still, and else this is
        // a look under the lock too many.
        return tail != QueueLayout.units(lastHead)
                || tail != QueueLayout.units(Words.getVolatile(memory, QueueLayout.HEAD))
                || leases.returned() > 0;
    }

    /**
     * Moves to the oldest element; false when there is none.
     *
     * @throws IOException if the words in the queue cannot be: somebody wrote over them
     */
    public boolean next() throws IOException {
        leased = leases.isUsed();
        if (leased) {
            leases.dropUncommitted(); // before HEAD moves
        }
        long head = Words.getAcquire(memory, QueueLayout.HEAD);
        if (head != lastHead) {
            look(head);
        }
        finishRemoval();
        return moveTo(QueueLayout.units(lastHead));
    }

    /** Whether there ever was a lease; after {@link #next}. */
    public boolean hasLeases() {
        return leased;
    }

    /** The element that came back from a lease and was put first, or -1; after {@link #next}. */
    public int returned() {
        return leased ? leases.oldestReturned() : -1;
    }

    /** Moves to the element after the one that was moved to. */
    public boolean following() throws IOException {
        return moveTo(end());
    }

    /** Moves to the first element at or after an offset; false when the tail comes before. */
    private boolean moveTo(long from) throws IOException {
        int ring = shape.ringBytes();
        units = QueueLayout.offset(from);
        skippedBytes = 0;
        while (true) {
            if (units == knownTail) {
                knownTail = QueueLayout.units(Words.getAcquire(memory, QueueLayout.TAIL));
                if (units == knownTail) {
                    return false;
                }
            }
            long left = QueueLayout.bytesBetween(units, knownTail);
            index = QueueLayout.index(units, ring);
            header = memory.getLong(index);
            int kind = QueueLayout.kind(header);
            int toEnd = ring - (index - QueueLayout.DATA);
            if (left > ring) {
                throw corrupt(left);
            }
            if (kind == QueueLayout.PADDING) {
                if (left <= toEnd) {
                    throw corrupt(left);
                }
                units = QueueLayout.offset(units + (toEnd >>> 3));
                continue;
            }
            int length = QueueLayout.length(header);
            if (length < 0 || length > shape.ringBytes() || !isKind(kind, length)) {
                throw corrupt(left);
            }
            int record = QueueLayout.recordBytes(length);
            if (record > toEnd || record > left) {
                throw corrupt(left);
            }
            if ((kind & QueueLayout.REMOVED_MARK) == 0) {
                return true;
            }
            skippedBytes +=
                    (kind & QueueLayout.SPILLED) != 0
                            ? memory.getLong(index + QueueLayout.HEADER_BYTES)
                            : length;
            units = QueueLayout.offset(units + (record >>> 3));
        }
    }

    private static boolean isKind(int kind, int length) {
        int unmarked = kind & ~QueueLayout.REMOVED_MARK;
        return unmarked == QueueLayout.INLINE
                || (unmarked == QueueLayout.SPILLED && length == QueueLayout.SPILLED_BYTES);
    }

    private IOException corrupt(long left) {
        return new IOException(
                "the queue is corrupt: offset="
                        + (units << 3)
                        + ", before the tail="
                        + left
                        + ", header=0x"
                        + Long.toHexString(header));
    }

    private long end() {
        return units + (QueueLayout.recordBytes(QueueLayout.length(header)) >>> 3);
    }

    /** The kind of the record that was moved to. */
    public int kind() {
        return QueueLayout.kind(header);
    }

    /** A copy of the payload of the record that was moved to. */
    public byte[] payload() {
        byte[] payload = new byte[QueueLayout.length(header)];
        memory.get(index + QueueLayout.HEADER_BYTES, payload);
        return payload;
    }

    /** What the element that was moved to counts against the byte bound. */
    public long elementBytes() {
        return kind() == QueueLayout.SPILLED
                ? memory.getLong(index + QueueLayout.HEADER_BYTES)
                : QueueLayout.length(header);
    }

    /** Where the record that was moved to is; its name until it is taken and long after. */
    public long offset() {
        return units;
    }

    /** Takes the element that {@link #next} found. */
    public void consume() throws IOException {
        if (KillPoint.ON) {
            KillPoint.TAKE_COPIED.reached();
        }
        advance(end(), 1, elementBytes());
        if (KillPoint.ON) {
            KillPoint.TAKE_COMMITTED.reached();
        }
    }

    /**
     * Copies elements from the oldest on, up to so many and about so many bytes, as far as they
     * stand one right behind the other in the ring.
     *
     * @param run empty, and to have them, for {@link #consumeRun}; none if the first one stands in
     *     a file
     */
    public void copyRun(int most, long mostBytes, QueueRun run) throws IOException {
        if (!next() || kind() != QueueLayout.INLINE) {
            return;
        }
        knownTail = QueueLayout.units(Words.getAcquire(memory, QueueLayout.TAIL));
        int start = index;
        int toEnd = shape.ringBytes() - (start - QueueLayout.DATA);
        long left = Math.min(toEnd, QueueLayout.bytesBetween(units, knownTail));
        int done = 0;
        runBytes = skippedBytes;
        while (done < left && run.count() < most && runBytes < mostBytes) {
            long word = memory.getLong(start + done);
            int length = QueueLayout.length(word);
            if (QueueLayout.kind(word) != QueueLayout.INLINE
                    || length < 0
                    || length > left - done) {
                break; // what it is instead is seen to when it is the oldest
            }
            run.add(done + QueueLayout.HEADER_BYTES, length);
            runBytes += length;
            done += QueueLayout.recordBytes(length);
        }
        if (done > left) {
            throw corrupt(left);
        }
        runEnd = QueueLayout.offset(units + (done >>> 3));
        run.copy(memory, start, start + done);
    }

    /** Takes, by one store, what was copied by {@link #copyRun}. */
    public void consumeRun(int count) throws IOException {
        if (KillPoint.ON) {
            KillPoint.TAKE_COPIED.reached();
        }
        advance(runEnd, count, runBytes);
        if (KillPoint.ON) {
            KillPoint.TAKE_COMMITTED.reached();
        }
    }

    private void advance(long to, int elements, long bytes) throws IOException {
        long end = to;
        long gone = bytes;
        if (QueueLayout.count(removed) != 0) {
            // Over what was removed behind it, so that HEAD rests at an element or at TAIL.
            moveTo(end);
            gone += skippedBytes;
            end = units;
        }
        long head = lastHead;
        int flip = QueueLayout.flip(head);
        lastTaken += gone;
        memory.putLong(bytesWord(1 - flip), lastTaken);
        long next = QueueLayout.position(QueueLayout.count(head) + (long) elements, end, 1L - flip);
        Words.setRelease(memory, QueueLayout.HEAD, next); // the commit
        lastHead = next;
    }

    /** Removes the element that was moved to, wherever it is. */
    public void remove() throws IOException {
        long pending = QueueLayout.position(QueueLayout.count(removed) + 1L, units, 1);
        Words.setRelease(memory, QueueLayout.REMOVED, pending); // the commit
        if (KillPoint.ON) {
            KillPoint.REMOVE_COMMITTED.reached();
        }
        finishRemoval();
    }

    /** Marks the record that was removed last, if its remover has not come to that. */
    private void finishRemoval() throws IOException {
        removed = Words.getAcquire(memory, QueueLayout.REMOVED);
        if (QueueLayout.flip(removed) == 0) {
            return;
        }
        long head = QueueLayout.units(lastHead);
        long tail = QueueLayout.units(Words.getAcquire(memory, QueueLayout.TAIL));
        long at = QueueLayout.units(removed);
        if (QueueLayout.bytesBetween(head, at) < QueueLayout.bytesBetween(head, tail)) {
            int place = QueueLayout.index(at, shape.ringBytes());
            long word = memory.getLong(place);
            int kind = QueueLayout.kind(word) | QueueLayout.REMOVED_MARK;
            memory.putLong(place, QueueLayout.header(kind, QueueLayout.length(word)));
        }
        if (KillPoint.ON) {
            KillPoint.REMOVE_MARKED.reached();
        }
        advance(head, 0, 0);
        removed &= ~1L;
        Words.setRelease(memory, QueueLayout.REMOVED, removed);
    }

    /** Bytes of elements ever taken; exact when no consumer is at work, else a little old. */
    static long takenBytes(ByteBuffer memory) {
        while (true) {
            long head = Words.getAcquire(memory, QueueLayout.HEAD);
            long taken = Words.getAcquire(memory, bytesWord(QueueLayout.flip(head)));
            if (Words.getVolatile(memory, QueueLayout.HEAD) == head) {
                return taken;
            }
        }
    }

    private static int bytesWord(int flip) {
        return QueueLayout.TAKEN_BYTES + flip * Long.BYTES;
    }
}
