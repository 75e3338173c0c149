package dev.procession.queue.ring;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.OwnerLock;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The consumers' side of a two-lock ring, for the holder of the {@linkplain #lock lock}.
 *
 * <p>{@link #next} moves to the oldest element, the accessors read its record in place, and {@link
 * #consume} takes it by one release store of HEAD. {@link #following} iterates over the other
 * elements.
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
    // The tail as last read; it only grows. Producers write its word, so reading it costs a cache
    // miss. Valid only while no other process has moved HEAD, because the offsets wrap.
    private long knownTail;
    // The consumers' words, which no other thread changes while this one holds the lock.
    private long lastHead;
    private long lastTaken;
    private long removed;
    private boolean leased; // as last read; the bit is set under this lock

    QueueReader(ByteBuffer memory, QueueShape shape, OwnerLock lock, QueueLeases leases) {
        this.memory = memory;
        this.leases = leases;
        this.shape = shape;
        this.lock = lock;
        readHead(Words.getAcquire(memory, QueueLayout.HEAD));
    }

    /** Reads the consumers' position again, after another process has moved HEAD. */
    private void readHead(long head) {
        lastHead = head;
        lastTaken = memory.getLong(bytesWord(QueueLayout.flip(head)));
        knownTail = QueueLayout.units(head); // so that TAIL is read again
    }

    /** Takes the consumers' lock; see {@link OwnerLock#lock}. */
    public boolean lock(long nanos) {
        boolean locked = lock.lock(nanos);
        if (KillPoint.ON && locked) {
            KillPoint.TAKE_LOCKED.reached();
        }
        return locked;
    }

    /** Releases the lock; afterwards the bits of waiters may be read. */
    public void unlock() {
        lock.unlock();
    }

    /**
     * True if there may be an element, so that the lock is worth taking; false only if there is
     * none now.
     */
    public boolean isReady() {
        long tail = QueueLayout.units(Words.getVolatile(memory, QueueLayout.TAIL));
        // Compared with HEAD as this process last knew it. Mostly HEAD has not moved since; if it
        // has, the caller takes the lock in vain.
        return tail != QueueLayout.units(lastHead)
                || tail != QueueLayout.units(Words.getVolatile(memory, QueueLayout.HEAD))
                || leases.returned() > 0;
    }

    /**
     * Moves to the oldest element; false when there is none.
     *
     * @throws IOException if the words in the queue are not valid: they were overwritten
     */
    public boolean next() throws IOException {
        leased = leases.isUsed();
        if (leased) {
            leases.dropUncommitted(); // before HEAD moves
        }
        long head = Words.getAcquire(memory, QueueLayout.HEAD);
        if (head != lastHead) {
            readHead(head);
        }
        finishRemoval();
        return moveTo(QueueLayout.units(lastHead));
    }

    /** True if an element was ever leased; valid after {@link #next}. */
    public boolean hasLeases() {
        return leased;
    }

    /**
     * Returns the lease of the returned element that was put first, or -1; valid after {@link
     * #next}.
     */
    public int returned() {
        return leased ? leases.oldestReturned() : -1;
    }

    /** Moves to the element after the current one; false when there is none. */
    public boolean following() throws IOException {
        return moveTo(end());
    }

    /**
     * Moves to the first element at or after an offset; false when there is none before the tail.
     */
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
            long beforeTail = QueueLayout.bytesBetween(units, knownTail);
            index = QueueLayout.index(units, ring);
            header = memory.getLong(index);
            int kind = QueueLayout.kind(header);
            int toEnd = ring - (index - QueueLayout.DATA);
            if (beforeTail > ring) {
                throw corrupt(beforeTail);
            }
            if (kind == QueueLayout.PADDING) {
                if (beforeTail <= toEnd) {
                    throw corrupt(beforeTail);
                }
                units = QueueLayout.offset(units + (toEnd >>> 3));
                continue;
            }
            int length = QueueLayout.length(header);
            if (length < 0 || length > shape.ringBytes() || !isKind(kind, length)) {
                throw corrupt(beforeTail);
            }
            int record = QueueLayout.recordBytes(length);
            if (record > toEnd || record > beforeTail) {
                throw corrupt(beforeTail);
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

    private IOException corrupt(long beforeTail) {
        return new IOException(
                "the queue is corrupt: offset="
                        + (units << 3)
                        + ", before the tail="
                        + beforeTail
                        + ", header=0x"
                        + Long.toHexString(header));
    }

    private long end() {
        return units + (QueueLayout.recordBytes(QueueLayout.length(header)) >>> 3);
    }

    /** Returns the kind of the current record. */
    public int kind() {
        return QueueLayout.kind(header);
    }

    /** Returns a copy of the payload of the current record. */
    public byte[] payload() {
        byte[] payload = new byte[QueueLayout.length(header)];
        memory.get(index + QueueLayout.HEADER_BYTES, payload);
        return payload;
    }

    /** Returns the bytes of the current element that count against the byte bound. */
    public long elementBytes() {
        return kind() == QueueLayout.SPILLED
                ? memory.getLong(index + QueueLayout.HEADER_BYTES)
                : QueueLayout.length(header);
    }

    /**
     * Returns the offset of the current record, which identifies it until it is taken and long
     * after.
     */
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
     * Copies elements from the oldest on, as far as they are adjacent in the ring.
     *
     * @param most the most elements to copy
     * @param mostBytes about the most bytes to copy; at least one element is copied
     * @param run an empty run to which the elements are added, for {@link #consumeRun}; it stays
     *     empty if the oldest element is in a spill file
     */
    public void copyRun(int most, long mostBytes, QueueRun run) throws IOException {
        if (!next() || kind() != QueueLayout.INLINE) {
            return;
        }
        knownTail = QueueLayout.units(Words.getAcquire(memory, QueueLayout.TAIL));
        int start = index;
        int toEnd = shape.ringBytes() - (start - QueueLayout.DATA);
        long beforeTail = Math.min(toEnd, QueueLayout.bytesBetween(units, knownTail));
        int done = 0;
        runBytes = skippedBytes;
        while (done < beforeTail && run.count() < most && runBytes < mostBytes) {
            long word = memory.getLong(start + done);
            int length = QueueLayout.length(word);
            if (QueueLayout.kind(word) != QueueLayout.INLINE
                    || length < 0
                    || length > beforeTail - done) {
                break; // handled when it is the oldest
            }
            run.add(done + QueueLayout.HEADER_BYTES, length);
            runBytes += length;
            done += QueueLayout.recordBytes(length);
        }
        if (done > beforeTail) {
            throw corrupt(beforeTail);
        }
        runEnd = QueueLayout.offset(units + (done >>> 3));
        run.copy(memory, start, start + done);
    }

    /** Takes the elements that {@link #copyRun} copied, by one store. */
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
        long goneBytes = bytes;
        if (QueueLayout.count(removed) != 0) {
            // Past removed records, so that HEAD is left at an element or at TAIL.
            moveTo(end);
            goneBytes += skippedBytes;
            end = units;
        }
        long head = lastHead;
        int flip = QueueLayout.flip(head);
        lastTaken += goneBytes;
        memory.putLong(bytesWord(1 - flip), lastTaken);
        long next = QueueLayout.position(QueueLayout.count(head) + (long) elements, end, 1L - flip);
        Words.setRelease(memory, QueueLayout.HEAD, next); // the commit
        lastHead = next;
    }

    /** Removes the current element, which need not be the oldest. */
    public void remove() throws IOException {
        long pending = QueueLayout.position(QueueLayout.count(removed) + 1L, units, 1);
        Words.setRelease(memory, QueueLayout.REMOVED, pending); // the commit
        if (KillPoint.ON) {
            KillPoint.REMOVE_COMMITTED.reached();
        }
        finishRemoval();
    }

    /**
     * Marks the record of the last removed element, if the process that removed it has not done so.
     */
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

    /**
     * Returns the bytes of all elements ever taken; exact while no consumer takes, else slightly
     * outdated.
     */
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
