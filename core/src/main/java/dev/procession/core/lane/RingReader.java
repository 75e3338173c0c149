package dev.procession.core.lane;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The reading side of a one-writer ring.
 *
 * <p>One thread at a time uses it. {@link #next} looks, the accessors read the record in place, and
 * {@link #release} gives its room back by one release store of the head.
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

    /** True if a record is there. */
    public boolean isReady() {
        return Words.getAcquire(memory, place()) != 0;
    }

    private int place() {
        return data + ((int) head & (capacity - 1));
    }

    /**
     * Moves to the oldest record that was not released; false when there is none.
     *
     * @throws IOException if the words in the ring cannot be a record: somebody wrote over them
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

    /** How long the payload is of the record that {@link #next} found. */
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

    /** True if the writer slept and the caller must ring for it; to be asked after a release. */
    public boolean takeWriterWaits() {
        VarHandle.fullFence();
        int word = control + RingLayout.WRITER_WAITS;
        return Words.getAcquire(memory, word) != 0 && Words.getAndSet(memory, word, 0) != 0;
    }

    /** Says that the reader is going to sleep; look for a record once more afterwards. */
    public void announceWait() {
        Words.setVolatile(memory, control + RingLayout.READER_WAITS, 1);
        VarHandle.fullFence();
    }

    /** Says that the reader is awake. */
    public void endWait() {
        Words.setRelease(memory, control + RingLayout.READER_WAITS, 0);
    }
}
