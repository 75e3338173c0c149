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
 * The spill files that one end of a lane sends. It bounds the memory of the files that the other
 * end has not read yet. It keeps a few files that were read, to overwrite them: fresh pages cost
 * more than the copy into them. It removes the other files; the reader does so too, but it may die
 * before it has. Used under the sender's lock.
 *
 * <p>An end that moves leaves the files that are under way. When another process holds the end by
 * the time one of them is read, the reader removes that file even if the sender had kept it;
 * otherwise it is removed with the lane.
 *
 * <p>The record of a spill file:
 *
 * <pre>
 *   1 byte    0 the reader removes it     1 the sender keeps it     2 the sender keeps and reuses it
 *   8 bytes   length of the payload, which is at the beginning of the file
 *   ...       the path of the file, in UTF-8
 * </pre>
 */
final class LaneSpillOutbox {

    static final int ONCE = 0;
    static final int KEPT = 1;
    static final int AGAIN = 2;

    /** The room that the record of a spill file needs at most. */
    static final int RECORD_BYTES = 512;

    static final int HEAD_BYTES = 1 + Long.BYTES;

    /**
     * The bytes under way at which a sender waits; a spill file may be sent while fewer are. Also
     * the most bytes of a file that is kept.
     */
    static final long MAX_BYTES = 64L << 20;

    /** The most files that are kept to be overwritten. */
    static final int MOST_KEPT = 4;

    /** The most bytes of all kept files; a single one may have {@link #MAX_BYTES}. */
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
     * Releases the files that were read; then true if another spill file may be sent.
     *
     * @param consumed the position of the ring up to which the reader has released all records
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

    /** True if another spill file could be sent; changes nothing. */
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
     * @return the payload of its record
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

    /**
     * Removes the smallest free files until another file can be kept; false if it cannot be kept.
     */
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
     * Removes the kept files that are not under way: this end moves, and its next holder does not
     * know them.
     *
     * @param consumed as for {@link #hasRoom}
     */
    void discardFree(long consumed) throws IOException {
        boolean unused = hasRoom(consumed); // releases the files that were read
        while (!free.isEmpty()) {
            forget(free.get(0));
        }
    }

    /** Takes the smallest free file that is large enough; null if none is. */
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

    /**
     * Called when the record of the written file is committed, and ends at this position of the
     * ring.
     */
    void sent(long position) {
        SpillFile spill = taken();
        spill.position = position;
        underWay.add(spill); // write() made room for it
        bytes += spill.length;
    }

    /** Called when the record of the written file was not committed. */
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
            throw new IllegalStateException("no spill file was written");
        }
        written = null;
        return spill;
    }

    /** Removes all files: those under way to a reader that is dead now, and those kept. */
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
