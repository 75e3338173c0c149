package dev.procession.core.lane;

import dev.procession.core.life.Session;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.memory.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of an end: the ring that the other end writes, and the spill files that its
 * records name. One thread at a time receives; any thread may call {@link #isReady}.
 */
final class LaneReceiver {

    private final Segment segment;
    private final int end;
    private final LaneSpillInbox spills;
    private final LaneOwnership ownership;
    private final PeerWaker sender;
    private RingReader ring;
    private @Nullable ByteBuffer spilled;

    /** The record that names the spill file, kept so that its release needs no memory. */
    private @Nullable SpillRecord spillRecord;

    /** Whether the spill file belongs to a {@link Payload}, whose taker finishes with it. */
    private boolean isHandedOver;

    /**
     * Reads what the other end writes.
     *
     * @param end the other end
     * @param ownership reads the other end's owner word
     * @param sender is woken when a release made room and the sender sleeps
     */
    LaneReceiver(
            Session session, Segment segment, int end, LaneOwnership ownership, PeerWaker sender) {
        this.segment = segment;
        this.end = end;
        this.spills = new LaneSpillInbox(session, segment, end);
        this.ownership = ownership;
        this.sender = sender;
        this.ring = LaneLayout.reader(segment, end);
    }

    /**
     * Moves to the oldest message and reads or maps its spill file; false when there is none now.
     */
    boolean next() throws IOException {
        if (!ring.next()) {
            return false;
        }
        if (isSpilled() && spilled == null) {
            SpillRecord record = SpillRecord.decode(ring.payload());
            spilled = spills.open(record);
            spillRecord = record;
        }
        return true;
    }

    /** Moves to the oldest message without opening its spill file; false when there is none now. */
    boolean peek() throws IOException {
        return ring.next();
    }

    /** True if the payload of the message that was found is in a spill file. */
    boolean isSpilled() {
        return (ring.type() & LaneSpills.SPILLED) != 0;
    }

    int type() {
        return ring.type() & ~LaneSpills.SPILLED;
    }

    long id() {
        return ring.id();
    }

    int payloadBytes() {
        ByteBuffer large = spilled;
        return large != null ? large.limit() : ring.payloadBytes();
    }

    void copyPayload(ByteBuffer into, int position) {
        ByteBuffer large = spilled;
        if (large != null) {
            into.put(position, large, 0, large.limit());
        } else {
            ring.copyPayload(into, position);
        }
    }

    /** Returns a copy of the payload; null if it is in a spill file that {@link #next} opened. */
    byte @Nullable [] ringPayload() {
        return spilled == null ? ring.payload() : null;
    }

    /** Consumes the message, even when it throws; the callers rely on that. */
    void release() throws IOException {
        SpillRecord record = spillRecord;
        boolean wasHandedOver = isHandedOver;
        try {
            if (record == null && isSpilled()) {
                record = SpillRecord.decode(ring.payload()); // its file was not opened
            }
        } finally {
            spilled = null;
            spillRecord = null;
            isHandedOver = false;
            releaseRecord();
        }
        if (record != null && wasHandedOver) {
            spills.consumed(record, ownership.otherWord());
        } else if (record != null) {
            spills.done(record, ownership.otherWord());
        }
    }

    private void releaseRecord() {
        ring.release();
        if (ring.takeWriterWaits()) {
            sender.wake();
        }
    }

    /** Takes the oldest message; null when there is none now. */
    @Nullable Message poll() throws IOException {
        if (!ring.next()) {
            return null;
        }
        int type = type();
        long id = ring.id();
        byte[] payload = ring.payload();
        SpillRecord record = isSpilled() ? SpillRecord.decode(payload) : null;
        if (record != null) {
            // Before the release, so that a message that cannot be read is not consumed.
            payload = spills.read(record);
        }
        releaseRecord();
        if (record != null) {
            spills.done(record, ownership.otherWord());
        }
        return new Message(type, id, payload);
    }

    /**
     * Reads the payload of the message that {@link #peek} found, and does not consume it: {@link
     * #release} follows. Reads at most a bounded number of bytes; see {@link Payload}.
     *
     * @throws ProtocolException if the record is not a valid message
     */
    Payload readPayload() throws IOException {
        byte[] bytes = ring.payload();
        if (!isSpilled()) {
            return Payload.of(bytes);
        }
        SpillRecord record = SpillRecord.decode(bytes);
        Payload payload = spills.take(record); // before the release, after which the sender may die
        spillRecord = record;
        isHandedOver = true;
        return payload;
    }

    /** Does the same, and consumes the message. */
    Payload takePayload() throws IOException {
        Payload payload = readPayload();
        try {
            release();
        } catch (IOException | RuntimeException | Error e) {
            // The message is consumed nevertheless; its file is removed with the lane.
        }
        return payload;
    }

    boolean isReady() {
        return ring.isReady();
    }

    /** Announces that the receiver is about to sleep. */
    void announceWait() {
        ring.announceWait();
    }

    /** Withdraws the announcement: the receiver is awake. */
    void endWait() {
        ring.endWait();
    }

    /** Forgets the mapped spill files: the other end has died, and the lane is being emptied. */
    void clear() {
        spills.clear();
    }

    /** Begins again with the emptied ring. */
    void restart() {
        ring = LaneLayout.reader(segment, end);
    }
}
