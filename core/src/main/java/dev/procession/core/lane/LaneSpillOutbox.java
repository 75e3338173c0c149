package dev.procession.core.lane;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spill files that one end of a lane sends. It bounds the memory of those that the other end
 * has not read yet. Of those that were read it keeps a few, to write over them: fresh pages cost
 * more than the copy into them. It removes the others; the reader does so too, but it may die in
 * between. Used under the sender's lock. An end that moves leaves what is under way; the reader
 * removes what was kept among that when another process has the end by then, and else it goes with
 * the lane.
 *
 * <p>What the record of a spill file says:
 *
 * <pre>
 *   1 byte    0 the reader removes it     1 the sender keeps it    2 it does so and has done before
 *   8 bytes   length of the payload, which is at the beginning of the file
 *   ...       the path of the file, in UTF-8
 * </pre>
 */
final class LaneSpillOutbox {

    static final int ONCE = 0;
    static final int KEPT = 1;
    static final int AGAIN = 2;

    /** Room that the record of a spill file never exceeds. */
    static final int RECORD_BYTES = 512;

    static final int HEAD_BYTES = 1 + Long.BYTES;

    /**
     * Bytes that may be under way before a sender waits; one spill file always may. One that is
     * kept has no more.
     */
    static final long MAX_BYTES = 64L << 20;

    /** What is kept to be written over; a single one may have {@link #MAX_BYTES}. */
    static final int MOST_KEPT = 4;

    private static final long MOST_KEPT_BYTES = 32L << 20;

    private static final class SpillFile {
        private final Path path;
        private final int capacity;
        private final boolean kept;
        private @Nullable ByteBuffer memory;
        private int length;
        private long position;

        SpillFile(Path path, int capacity, boolean kept) {
            this.path = path;
            this.capacity = capacity;
            this.kept = kept;
            this.length = capacity;
        }
    }

    private final Session session;
    private final long lane;
    private final ArrayList<SpillFile> underWay = new ArrayList<>();
    private final List<SpillFile> free = new ArrayList<>(0);
    private long bytes;
    private int keptCount;
    private long keptBytes;
    private @Nullable SpillFile written;

    LaneSpillOutbox(Session session, long lane) {
        this.session = session;
        this.lane = lane;
    }

    /**
     * True if another spill file may be sent.
     *
     * @param consumed the position of the ring up to which the reader has done with all records
     */
    boolean hasRoom(long consumed) throws IOException {
        while (!underWay.isEmpty() && underWay.get(0).position <= consumed) {
            SpillFile oldest = underWay.remove(0);
            bytes -= oldest.length;
            if (oldest.kept) {
                free.add(oldest);
            } else {
                LaneSpills.discard(oldest.path);
            }
        }
        return bytes < MAX_BYTES;
    }

    /** Whether another spill file could be sent; only looks. */
    boolean wouldHaveRoom(long consumed) {
        long unread = bytes;
        for (SpillFile spill : underWay) {
            if (spill.position > consumed) {
                break;
            }
            unread -= spill.length;
        }
        return unread < MAX_BYTES;
    }

    /**
     * Writes a spill file; {@link #sent} or {@link #notSent} follows.
     *
     * @return what its record is to say
     */
    byte[] write(ByteBuffer from, int position, int length) throws IOException {
        underWay.ensureCapacity(underWay.size() + 1); // for sent(), which comes after the commit
        SpillFile spill = takeFree(length);
        int kind = AGAIN;
        if (spill != null) {
            writeOver(spill, from, position, length);
        } else {
            boolean keep = makeRoomToKeep(length);
            Path path = LaneSpills.writeForLane(session, lane, from.slice(position, length));
            spill = new SpillFile(path, length, keep);
            if (keep) {
                keptCount++;
                keptBytes += length;
            }
            kind = keep ? KEPT : ONCE;
        }
        written = spill;
        byte[] path = spill.path.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD_BYTES + path.length)
                .put((byte) kind)
                .putLong(length)
                .put(path)
                .array();
    }

    private void writeOver(SpillFile spill, ByteBuffer from, int position, int length)
            throws IOException {
        boolean done = false;
        try {
            ByteBuffer memory = spill.memory;
            if (memory == null) {
                memory = LaneSpills.map(spill.path, FileChannel.MapMode.READ_WRITE, spill.capacity);
                spill.memory = memory;
            }
            memory.put(0, from, position, length);
            spill.length = length;
            done = true;
        } finally {
            if (!done) {
                free.add(spill);
            }
        }
    }

    /** Removes what is too small for this one and in its way; false if it is not to be kept. */
    private boolean makeRoomToKeep(int length) throws IOException {
        if (length > MAX_BYTES) {
            return false;
        }
        while (keptCount > 0 && (keptCount >= MOST_KEPT || keptBytes + length > MOST_KEPT_BYTES)) {
            if (free.isEmpty()) {
                return false;
            }
            SpillFile smallest = free.get(0);
            for (SpillFile spill : free) {
                if (spill.capacity < smallest.capacity) {
                    smallest = spill;
                }
            }
            forget(smallest);
        }
        return true;
    }

    private void forget(SpillFile spill) throws IOException {
        free.remove(spill);
        keptCount--;
        keptBytes -= spill.capacity;
        LaneSpills.discard(spill.path);
    }

    /**
     * Removes what was kept and is not under way: this end moves, and its next holder is new.
     *
     * @param consumed as for {@link #hasRoom}
     */
    void discardFree(long consumed) throws IOException {
        boolean unused = hasRoom(consumed); // which sees what was read
        while (!free.isEmpty()) {
            forget(free.get(0));
        }
    }

    /** The smallest one that is large enough; null if none is. */
    private @Nullable SpillFile takeFree(int length) {
        SpillFile best = null;
        for (SpillFile spill : free) {
            if (spill.capacity >= length && (best == null || spill.capacity < best.capacity)) {
                best = spill;
            }
        }
        if (best != null) {
            free.remove(best);
        }
        return best;
    }

    /** The record of what was written is committed, and ends at this position of the ring. */
    void sent(long position) {
        SpillFile spill = taken();
        spill.position = position;
        underWay.add(spill); // there is room for it
        bytes += spill.length;
    }

    /** The record of what was written is not committed. */
    void notSent() throws IOException {
        SpillFile spill = taken();
        if (spill.kept) {
            free.add(spill);
        } else {
            LaneSpills.discard(spill.path);
        }
    }

    private SpillFile taken() {
        SpillFile spill = written;
        if (spill == null) {
            throw new IllegalStateException("no spill was written");
        }
        written = null;
        return spill;
    }

    /** Removes what a dead reader has left, read or not, and all that was kept for it. */
    void discardAll() throws IOException {
        free.addAll(underWay);
        underWay.clear();
        bytes = 0;
        keptCount = 0;
        keptBytes = 0;
        for (SpillFile spill : free) {
            LaneSpills.discard(spill.path);
        }
        free.clear();
    }
}
