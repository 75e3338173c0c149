package dev.procession.core.lane;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spill files that one end of a lane writes. It bounds the memory of the files whose records
 * the other end has not consumed yet. It keeps a few files, to overwrite them: fresh pages cost
 * more than the copy into them. It removes the other files; the reader does so too, but it may die
 * before it has. Used under the sender's lock.
 *
 * <p>A kept file has a slot, one of the lane's spill words. Each use of a file has a ticket that no
 * other use has: the number of this process, and a count. The reader stores the ticket when it has
 * finished, which may be long after it has consumed the record; from then on the file is free.
 *
 * <p>An end that moves leaves the files that are not free. When another process holds the end by
 * the time the record of one of them is consumed, the reader removes that file even if the sender
 * had kept it; otherwise it is removed with the lane. The next holder uses the slots for files of
 * its own, whose tickets are others.
 *
 * <table>
 * <caption>The traces of a killed process</caption>
 * <tr><th>killed</th><th>left</th><th>what the other side sees</th></tr>
 * <tr><td>sender, before the record is committed</td><td>a file that no record names</td>
 *     <td>nothing; it is removed with the lane</td></tr>
 * <tr><td>sender, while it writes over a free file</td><td>the same</td><td>the same</td></tr>
 * <tr><td>reader, after the record was consumed, before the ticket is stored or the file
 *     removed</td><td>a file in use</td><td>the sender does not write over it; it is removed with
 *     the lane, or by the sender's next spill file</td></tr>
 * </table>
 */
final class LaneSpillOutbox {

    /** The unconsumed bytes at which a sender waits; a spill file may be sent while fewer are. */
    static final long MAX_BYTES = 64L << 20;

    /** The most bytes of a file that is kept. */
    static final int MOST_KEPT_BYTES_OF_ONE = 256 << 20;

    /** The most files that are kept. */
    static final int MOST_KEPT = 4;

    /** The most bytes of all kept files, if there is more than one. */
    private static final long MOST_KEPT_BYTES = 32L << 20;

    /** A file that was sent and is not free. */
    private static final class Sent {
        private final SpillFile file;
        private final int slot;
        private final long ticket;
        private long position;
        private boolean consumed;

        /** Notes the use of a file; a negative slot says that the reader removes it. */
        Sent(SpillFile file, int slot, long ticket) {
            this.file = file;
            this.slot = slot;
            this.ticket = ticket;
        }

        boolean isKept() {
            return slot >= 0;
        }
    }

    private final Session session;
    private final Segment segment;
    private final long lane;
    private final int end;
    private final ArrayList<Sent> underWay = new ArrayList<>();
    private final FreeSpillFiles free = new FreeSpillFiles();
    private final BitSet usedSlots = new BitSet(MOST_KEPT);
    private long unconsumedBytes;
    private int keptCount;
    private long keptBytes;
    private int tickets;
    private @Nullable Sent written;

    LaneSpillOutbox(Session session, Segment segment, long lane, int end) {
        this.session = session;
        this.segment = segment;
        this.lane = lane;
        this.end = end;
    }

    /**
     * Takes back the files that were read; then true if another spill file may be sent.
     *
     * @param consumed the position of the ring up to which the reader has released all records
     */
    boolean hasRoom(long consumed) throws IOException {
        for (Iterator<Sent> all = underWay.iterator(); all.hasNext(); ) {
            Sent sent = all.next();
            if (sent.position > consumed) {
                break;
            }
            if (!sent.consumed) {
                sent.consumed = true;
                unconsumedBytes -= sent.file.length();
            }
            if (!sent.isKept()) {
                all.remove();
                sent.file.remove();
            } else if (isRead(sent)) {
                all.remove();
                usedSlots.clear(sent.slot);
                free.add(sent.file);
            }
        }
        return unconsumedBytes < MAX_BYTES;
    }

    private boolean isRead(Sent sent) {
        int word = LaneLayout.spillWord(end, sent.slot);
        return Words.getAcquire(segment.memory(), word) == sent.ticket;
    }

    /** True if another spill file could be sent; changes nothing. */
    boolean wouldHaveRoom(long consumed) {
        long unread = unconsumedBytes;
        for (Sent sent : underWay) {
            if (sent.position > consumed) {
                break;
            }
            unread -= sent.consumed ? 0 : sent.file.length();
        }
        return unread < MAX_BYTES;
    }

    /**
     * Writes a spill file; {@link #sent} or {@link #notSent} follows.
     *
     * @return the payload of its record
     */
    byte[] write(ByteBuffer from, int position, int length) throws IOException {
        underWay.ensureCapacity(underWay.size() + 1); // for sent(), which comes after the commit
        List<ByteBuffer> parts = List.of(from.slice(position, length));
        SpillFile file = free.take(length);
        boolean kept = true;
        if (file != null) {
            overwrite(file, parts, length);
        } else {
            kept = makeRoomToKeep(length);
            String name = DirectoryLayout.laneSpill(lane, session.self(), session.newName());
            file = SpillFile.create(session, name, parts, length);
            if (kept) {
                keptCount++;
                keptBytes += length;
            }
        }
        int slot = kept ? usedSlots.nextClearBit(0) : -1;
        Sent use = new Sent(file, slot, session.self() << Integer.SIZE | (++tickets & 0xFFFFFFFFL));
        if (kept) {
            usedSlots.set(slot);
        }
        written = use;
        SpillRecord.Kind kind = kept ? SpillRecord.Kind.KEPT : SpillRecord.Kind.ONCE;
        return file.record(kind, Math.max(0, slot), use.ticket).encode();
    }

    private void overwrite(SpillFile file, List<ByteBuffer> parts, int length) throws IOException {
        boolean done = false;
        try {
            file.overwrite(parts, length);
            done = true;
        } finally {
            if (!done) {
                free.add(file);
            }
        }
    }

    /**
     * Removes the smallest free files until another file can be kept; false if it cannot be kept.
     */
    private boolean makeRoomToKeep(int length) throws IOException {
        if (length > MOST_KEPT_BYTES_OF_ONE) {
            return false;
        }
        while (keptCount > 0 && (keptCount >= MOST_KEPT || keptBytes + length > MOST_KEPT_BYTES)) {
            SpillFile smallest = free.takeSmallest();
            if (smallest == null) {
                return false;
            }
            forget(smallest);
        }
        return true;
    }

    private void forget(SpillFile file) throws IOException {
        keptCount--;
        keptBytes -= file.capacity();
        file.remove();
    }

    /**
     * Removes the free files: this end moves, and its next holder does not know them.
     *
     * @param consumed as for {@link #hasRoom}
     */
    void discardFree(long consumed) throws IOException {
        boolean unused = hasRoom(consumed); // takes back the files that were read
        SpillFile file;
        while ((file = free.takeSmallest()) != null) {
            forget(file);
        }
    }

    /**
     * Called when the record of the written file is committed, and ends at this position of the
     * ring.
     */
    void sent(long position) {
        Sent use = takeWritten();
        use.position = position;
        underWay.add(use); // write() made room for it
        unconsumedBytes += use.file.length();
    }

    /** Called when the record of the written file was not committed. */
    void notSent() throws IOException {
        Sent use = takeWritten();
        if (use.isKept()) {
            usedSlots.clear(use.slot);
            free.add(use.file);
        } else {
            use.file.remove();
        }
    }

    private Sent takeWritten() {
        Sent use = written;
        if (use == null) {
            throw new IllegalStateException("no spill file was written");
        }
        written = null;
        return use;
    }

    /** Removes all files: those under way to a reader that is dead now, and those kept. */
    void discardAll() throws IOException {
        for (Sent sent : underWay) {
            free.add(sent.file);
        }
        underWay.clear();
        usedSlots.clear();
        unconsumedBytes = 0;
        keptCount = 0;
        keptBytes = 0;
        SpillFile file;
        while ((file = free.takeSmallest()) != null) {
            file.remove();
        }
    }
}
