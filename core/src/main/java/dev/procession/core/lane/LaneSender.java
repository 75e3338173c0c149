package dev.procession.core.lane;

import dev.procession.core.life.Session;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sending half of an end: the ring that it writes, and the spill files for payloads that are
 * too large for the ring. One thread at a time sends. {@link #isConsumed} and {@link #hasRoom}
 * change nothing.
 */
final class LaneSender {

    private final Segment segment;
    private final int end;
    private final LaneSpillOutbox spills;
    private RingWriter ring;

    LaneSender(Session session, Segment segment, long id, int end) {
        this.segment = segment;
        this.end = end;
        this.spills = new LaneSpillOutbox(session, segment, id, end);
        this.ring = LaneLayout.writer(segment, end);
    }

    /** Commits a message of any length; false when there is no room for it now. */
    boolean offer(int type, long id, byte[] payload) throws IOException {
        return payload.length <= ring.maxPayloadBytes()
                ? ring.offer(type, id, payload)
                : offerSpilled(type, id, ByteBuffer.wrap(payload), 0, payload.length);
    }

    /**
     * Commits a message whose payload is in a file that was written before; false when there is no
     * room for the record now.
     */
    boolean offer(int type, long id, LentSpillFile payload) {
        return ring.offer(type | LaneSpills.SPILLED, id, payload.record().encode());
    }

    /**
     * Commits a part of a message; false when too much of the ring is unread, or there is no room
     * now.
     */
    boolean offerPart(int type, long id, ByteBuffer from, int position, int length) {
        return (length <= partBytes() / 2 || !isBacklogged())
                && ring.offer(type, id, from, position, length);
    }

    /** Commits a message whose payload goes into a spill file; false when there is no room now. */
    boolean offerSpilled(int type, long id, ByteBuffer from, int position, int length)
            throws IOException {
        if (!spills.hasRoom(ring.consumed()) || !ring.fits(SpillRecord.MOST_BYTES)) {
            return false;
        }
        byte[] record = spills.write(from, position, length);
        if (KillPoint.ON) {
            KillPoint.LANE_FILE_WRITTEN.reached();
        }
        if (!ring.offer(type | LaneSpills.SPILLED, id, record)) {
            spills.notSent();
            return false;
        }
        spills.sent(ring.committed());
        return true;
    }

    /** Returns the most bytes that a part of a message may have. */
    int partBytes() {
        return ring.capacity() / 8;
    }

    /**
     * True if the rest of the ring is reserved for short messages and the records of spill files.
     */
    private boolean isBacklogged() {
        return ring.unread() > ring.capacity() / 2;
    }

    /** True if a payload of this length may be sent now. */
    boolean hasRoom(int payloadBytes) {
        return payloadBytes <= ring.maxPayloadBytes() ? ring.fits(payloadBytes) : hasRoomToSpill();
    }

    /** True if a message that goes into a spill file may be sent now. */
    boolean hasRoomToSpill() {
        return spills.wouldHaveRoom(ring.consumed()) && ring.fits(SpillRecord.MOST_BYTES);
    }

    /** True if there is room for a part, and not too much of the ring is unread. */
    boolean isDrained() {
        return !isBacklogged() && ring.fits(partBytes());
    }

    /** Returns the position up to which this end has sent. */
    long committed() {
        return ring.committed();
    }

    /** True if the other end has received what was sent up to a mark. */
    boolean isConsumed(long mark) {
        return ring.isConsumed(mark);
    }

    /**
     * True if the receiver sleeps and the caller must wake it; called after a commit. Clears the
     * announcement.
     */
    boolean takeReaderWaits() {
        return ring.takeReaderWaits();
    }

    /** Announces that the sender is about to sleep. */
    void announceWait() {
        ring.announceWait();
    }

    /** Withdraws the announcement: the sender is awake. */
    void endWait() {
        ring.endWait();
    }

    /** Deletes the files that are kept for later messages. */
    void discardKept() throws IOException {
        spills.discardFree(ring.consumed());
    }

    /** Deletes all spill files: the other end has died, and the lane is being emptied. */
    void discardAll() throws IOException {
        spills.discardAll();
    }

    /** Begins again with the emptied ring. */
    void restart() {
        ring = LaneLayout.writer(segment, end);
    }
}
