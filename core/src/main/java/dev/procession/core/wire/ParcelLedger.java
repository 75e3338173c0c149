package dev.procession.core.wire;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The parcels that one end of a lane has sent and the other has not read yet. It bounds the memory
 * they take, and removes those that were read: the reader does so too, but it may die in between.
 * Used under the sender's lock.
 */
final class ParcelLedger {

    /** Bytes that may be under way before a sender waits; one parcel always may. */
    private static final long MAX_BYTES = 64L << 20;

    private record Entry(long position, byte[] name, long bytes) {}

    private final Deque<Entry> underWay = new ArrayDeque<>();
    private long bytes;

    /** Forgets what the reader has consumed; true if another parcel may be sent. */
    boolean hasRoom(Session session, long consumed) throws IOException {
        Entry oldest;
        while ((oldest = underWay.peekFirst()) != null && oldest.position() <= consumed) {
            underWay.removeFirst();
            bytes -= oldest.bytes();
            Parcels.discard(session, oldest.name());
        }
        return bytes < MAX_BYTES;
    }

    /** Whether another parcel could be sent; only looks. */
    boolean wouldHaveRoom(long consumed) {
        long unread = bytes;
        for (Entry entry : underWay) {
            if (entry.position() > consumed) {
                break;
            }
            unread -= entry.bytes();
        }
        return unread < MAX_BYTES;
    }

    /** Remembers a parcel whose record ends at this position of the ring. */
    void sent(long position, byte[] name, long length) {
        underWay.addLast(new Entry(position, name, length));
        bytes += length;
    }

    /** Removes what the dead reader has left, read or not. */
    void discardAll(Session session) throws IOException {
        for (Entry entry : underWay) {
            Parcels.discard(session, entry.name());
        }
        underWay.clear();
        bytes = 0;
    }
}
