package dev.procession.core.lane;

import dev.procession.core.life.Session;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sending half of an end: the ring that it writes, and the spill files of what is too large for
 * that. One thread at a time sends; {@link #isConsumed} and {@link #hasRoom} only look.
 */
final class LaneSender {

    private final Segment segment;
    private final int end;
    private final LaneSpillOutbox spills;
    private RingWriter ring;

    LaneSender(Session session, Segment segment, long id, int end) {
        this.segment = segment;
        this.end = end;
        this.spills = new LaneSpillOutbox(session, id);
        this.ring = LaneLayout.writer(segment, end);
    }

    /** Commits a message of any length; false when there is no room for it now. */
    boolean offer(int type, long id, byte[] payload) throws IOException {
        return payload.length <= ring.maxPayloadBytes()
                ? ring.offer(type, id, payload)
                : offerSpilled(type, id, ByteBuffer.wrap(payload), 0, payload.length);
    }

    /** Commits a part of a message; false when too much is under way, or there is no room now. */
    boolean offerPart(int type, long id, ByteBuffer from, int position, int length) {
        return (length <= partBytes() / 2 || !isBacklogged())
                && ring.offer(type, id, from, position, length);
    }

    /** Commits a message whose payload goes into a spill file; false when there is no room now. */
    boolean offerSpilled(int type, long id, ByteBuffer from, int position, int length)
            throws IOException {
        if (!spills.hasRoom(ring.consumed()) || !ring.fits(LaneSpillOutbox.RECORD_BYTES)) {
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

    /** The longest part of a message in the ring. */
    int partBytes() {
        return ring.capacity() / 8;
    }

    /** Room is kept for short messages, and for the names of spill files. */
    private boolean isBacklogged() {
        return ring.unread() > ring.capacity() / 2;
    }

    /** True if a payload of this length may be sent now. */
    boolean hasRoom(int payloadBytes) {
        return payloadBytes <= ring.maxPayloadBytes() ? ring.fits(payloadBytes) : hasRoomToSpill();
    }

    /** True if a message that goes into a spill file may be sent now. */
    boolean hasRoomToSpill() {
        return spills.wouldHaveRoom(ring.consumed()) && ring.fits(LaneSpillOutbox.RECORD_BYTES);
    }

    /** True if there is room for a part, and not too much is under way. */
    boolean isDrained() {
        return !isBacklogged() && ring.fits(partBytes());
    }

    /** How far this end has sent. */
    long committed() {
        return ring.committed();
    }

    /** True if the other end has received what was sent up to a mark. */
    boolean isConsumed(long mark) {
        return ring.isConsumed(mark);
    }

    /** True if the receiver slept when the last message was committed, and is to be woken. */
    boolean takeReaderWaits() {
        return ring.takeReaderWaits();
    }

    /** Says that the sender is going to sleep. */
    void announceWait() {
        ring.announceWait();
    }

    /** Says that the sender is awake. */
    void endWait() {
        ring.endWait();
    }

    /** Deletes the files that are kept for later messages. */
    void discardKept() throws IOException {
        spills.discardFree(ring.consumed());
    }

    /** Forgets all that was sent: the other end has died, and the lane is emptied. */
    void discardAll() throws IOException {
        spills.discardAll();
    }

    /** Begins again with the emptied ring. */
    void restart() {
        ring = LaneLayout.writer(segment, end);
    }
}
