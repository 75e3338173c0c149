package dev.procession.core.lane;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Words;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The writing side of a one-writer ring.
 *
 * <p>One thread at a time uses it; several threads share a lock of this JVM. A record is visible to
 * the reader, whole, from the release store of its header on and not before. Nothing here blocks:
 * {@link #offer} returns false when the ring is full, and the caller wakes the reader.
 */
public final class RingWriter {

    private final ByteBuffer memory;
    private final int control;
    private final int data;
    private final int capacity;
    private long tail;
    private long knownHead;
    private long prepared;
    private int commitAt;
    private long commitWord;

    /**
     * Continues where the last writer of this ring committed.
     *
     * @param control offset of the ring's control words
     * @param data offset of its records
     * @param capacity bytes for records, a power of two
     */
    public RingWriter(ByteBuffer memory, int control, int data, int capacity) {
        this.memory = memory;
        this.control = control;
        this.data = data;
        this.capacity = capacity;
        this.tail = endOfCommitted(Words.getAcquire(memory, control + RingLayout.TAIL));
        this.knownHead = Words.getAcquire(memory, control + RingLayout.HEAD);
    }

    /**
     * Returns the end of the last committed record. It may be behind the stored TAIL: the last
     * writer may have died between its last commit and the store of TAIL.
     */
    private long endOfCommitted(long stored) {
        long header = Words.getAcquire(memory, place(stored));
        long at = stored;
        if (header == RingLayout.PADDING) {
            at += capacity - ((int) at & (capacity - 1));
            header = Words.getAcquire(memory, place(at));
        }
        int length = RingLayout.payloadBytes(header);
        return header != 0 && length >= 0 && length <= maxPayloadBytes()
                ? at + RingLayout.recordBytes(length)
                : stored;
    }

    private int place(long position) {
        return data + ((int) position & (capacity - 1));
    }

    /** The largest payload that a ring of this capacity takes in one record. */
    public int maxPayloadBytes() {
        return LaneLayout.maxRecordPayloadBytes(capacity);
    }

    /** Commits one record; false, and nothing changed, when there is no room for it now. */
    public boolean offer(int type, long id, byte[] payload) {
        int record = prepare(type, id, payload.length);
        if (record < 0) {
            return false;
        }
        memory.put(record + RingLayout.RECORD_PAYLOAD, payload);
        commit();
        return true;
    }

    /** Commits one record with a part of a buffer, whose position and limit stay. */
    public boolean offer(int type, long id, ByteBuffer from, int position, int length) {
        int record = prepare(type, id, length);
        if (record < 0) {
            return false;
        }
        memory.put(record + RingLayout.RECORD_PAYLOAD, from, position, length);
        commit();
        return true;
    }

    /**
     * Writes a record without its payload behind the tail and returns its offset; negative when
     * there is no room for it now.
     */
    private int prepare(int type, long id, int length) {
        if (length > maxPayloadBytes()) {
            throw new IllegalArgumentException(
                    "a record of this ring holds at most "
                            + maxPayloadBytes()
                            + " bytes: bytes="
                            + length);
        }
        int bytes = RingLayout.recordBytes(length);
        int index = (int) tail & (capacity - 1);
        int toEnd = capacity - index;
        int padding = bytes > toEnd ? toEnd : 0;
        if (!hasRoom(padding + bytes + Long.BYTES)) {
            return -1;
        }
        commitAt = data + index;
        commitWord = RingLayout.header(type, length);
        int record = commitAt;
        if (padding > 0) {
            record = data;
            memory.putLong(record, commitWord); // the reader sees it only after the padding
            commitWord = RingLayout.PADDING;
        }
        memory.putLong(record + RingLayout.RECORD_ID, id);
        prepared = tail + padding + bytes;
        return record;
    }

    private void commit() {
        tail = prepared;
        memory.putLong(place(tail), 0);
        if (KillPoint.ON) {
            KillPoint.LANE_COPIED.reached();
        }
        Words.setRelease(memory, commitAt, commitWord); // the commit
        if (KillPoint.ON) {
            KillPoint.LANE_COMMITTED.reached();
        }
        Words.setRelease(memory, control + RingLayout.TAIL, tail);
    }

    private boolean hasRoom(int bytes) {
        if (capacity - (tail - knownHead) >= bytes) {
            return true;
        }
        knownHead = Words.getAcquire(memory, control + RingLayout.HEAD);
        return capacity - (tail - knownHead) >= bytes;
    }

    /** True if a record with this payload fits now. */
    public boolean fits(int payloadBytes) {
        // With the most padding, so that an offer succeeds after this returned true.
        int bytes = RingLayout.recordBytes(payloadBytes);
        int toEnd = capacity - ((int) tail & (capacity - 1));
        return hasRoom((bytes > toEnd ? toEnd + bytes : bytes) + Long.BYTES);
    }

    /** Returns the bytes that the reader has not consumed yet, records and padding. */
    public long unread() {
        return tail - consumed();
    }

    /** Returns the bytes that the ring has for records. */
    public int capacity() {
        return capacity;
    }

    /** Returns the number of bytes that this end ever committed. */
    public long committed() {
        return tail;
    }

    /** Returns the number of bytes that the other end ever consumed. */
    public long consumed() {
        knownHead = Words.getAcquire(memory, control + RingLayout.HEAD);
        return knownHead;
    }

    /**
     * True if the other end has consumed all bytes up to this position; any thread may call this.
     */
    public boolean isConsumed(long position) {
        return Words.getAcquire(memory, control + RingLayout.HEAD) >= position;
    }

    /**
     * True if the reader sleeps and the caller must wake it; called after a commit. Clears the
     * announcement.
     *
     * <p>The fence is between the store of the header and the load of the announcement. The reader
     * does the reverse (announcement, fence, header), so at least one of the two sees the other's
     * store.
     */
    public boolean takeReaderWaits() {
        VarHandle.fullFence();
        int word = control + RingLayout.READER_WAITS;
        return Words.getAcquire(memory, word) != 0 && Words.getAndSet(memory, word, 0) != 0;
    }

    /** Announces that the writer is about to sleep; the caller then checks for room once more. */
    public void announceWait() {
        Words.setVolatile(memory, control + RingLayout.WRITER_WAITS, 1);
        VarHandle.fullFence();
    }

    /** Withdraws the announcement: the writer is awake. */
    public void endWait() {
        Words.setRelease(memory, control + RingLayout.WRITER_WAITS, 0);
    }
}
