package dev.procession.core.lane;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The reading side of a one-writer ring.
 *
 * <p>One thread at a time uses it. {@link #next} moves to the oldest record, the accessors read it
 * in place, and {@link #release} gives its room back by one release store of HEAD.
 */
public final class RingReader {

    private final ByteBuffer memory;
    private final int control;
    private final int data;
    private final int capacity;
    private long head;
    private long header;
    private int record;
    private int payloadBytes;

    /** Continues where the last reader of this ring consumed; see {@link RingWriter}. */
    public RingReader(ByteBuffer memory, int control, int data, int capacity) {
        this.memory = memory;
        this.control = control;
        this.data = data;
        this.capacity = capacity;
        this.head = Words.getAcquire(memory, control + RingLayout.HEAD);
    }

    /** True if there may be a record; changes nothing. */
    public boolean isReady() {
        return Words.getAcquire(memory, place()) != 0;
    }

    private int place() {
        return data + ((int) head & (capacity - 1));
    }

    /**
     * Moves to the oldest record that was not released; false when there is none.
     *
     * @throws IOException if the words in the ring are not a record: they were overwritten
     */
    public boolean next() throws IOException {
        header = Words.getAcquire(memory, place());
        if (header == RingLayout.PADDING) {
            head += data + capacity - place();
            header = Words.getAcquire(memory, place());
        }
        if (header == 0) {
            return false;
        }
        record = place();
        payloadBytes = RingLayout.payloadBytes(header);
        if (payloadBytes < 0
                || payloadBytes > data + capacity - record - RingLayout.RECORD_PAYLOAD) {
            throw new IOException(
                    "the ring is corrupt: head=" + head + ", header=0x" + Long.toHexString(header));
        }
        return true;
    }

    /** The type of the record that {@link #next} found. */
    public int type() {
        return RingLayout.type(header);
    }

    /** The id of the record that {@link #next} found. */
    public long id() {
        return memory.getLong(record + RingLayout.RECORD_ID);
    }

    /** A copy of the payload of the record that {@link #next} found. */
    public byte[] payload() {
        byte[] payload = new byte[payloadBytes];
        memory.get(record + RingLayout.RECORD_PAYLOAD, payload);
        return payload;
    }

    /** The length of the payload of the record that {@link #next} found. */
    public int payloadBytes() {
        return payloadBytes;
    }

    /** Copies the payload of the record that {@link #next} found to a place in a buffer. */
    public void copyPayload(ByteBuffer into, int position) {
        into.put(position, memory, record + RingLayout.RECORD_PAYLOAD, payloadBytes);
    }

    /** Gives the record's room back to the writer. */
    public void release() {
        head += RingLayout.recordBytes(payloadBytes);
        if (KillPoint.ON) {
            KillPoint.LANE_READ.reached();
        }
        Words.setRelease(memory, control + RingLayout.HEAD, head);
        if (KillPoint.ON) {
            KillPoint.LANE_RELEASED.reached();
        }
    }

    /**
     * True if the writer sleeps and the caller must wake it; called after a release. Clears the
     * announcement.
     */
    public boolean takeWriterWaits() {
        VarHandle.fullFence();
        int word = control + RingLayout.WRITER_WAITS;
        return Words.getAcquire(memory, word) != 0 && Words.getAndSet(memory, word, 0) != 0;
    }

    /**
     * Announces that the reader is about to sleep; the caller then checks for a record once more.
     */
    public void announceWait() {
        Words.setVolatile(memory, control + RingLayout.READER_WAITS, 1);
        VarHandle.fullFence();
    }

    /** Withdraws the announcement: the reader is awake. */
    public void endWait() {
        Words.setRelease(memory, control + RingLayout.READER_WAITS, 0);
    }
}
