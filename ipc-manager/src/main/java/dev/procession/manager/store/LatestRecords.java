package dev.procession.manager.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * The position of the latest record of each key, in a table of fixed size that takes 12 bytes for
 * each slot. It knows the hash of a key; to compare the key itself it reads the file.
 */
final class LatestRecords {

    private static final long FACTOR = 0x9E3779B97F4A7C15L;
    private static final int TAG_SHIFT = 24;
    private static final int BEFORE_KEY = StoreFormat.PREFIX_BYTES + StoreFormat.BEFORE_KEY_BYTES;

    private final FileChannel channel;
    private final long salt;

    /** 0 for a free slot. */
    private final long[] positions;

    private final int[] tags;
    private final int mask;
    private int used;

    /**
     * Makes a table.
     *
     * @param slots a power of two
     */
    LatestRecords(FileChannel channel, long salt, int slots) {
        this.channel = channel;
        this.salt = salt;
        this.positions = new long[slots];
        this.tags = new int[slots];
        this.mask = slots - 1;
    }

    void clear() {
        Arrays.fill(positions, 0);
        used = 0;
    }

    /** The hash of an object's number and a key. The salt keeps clients from choosing it. */
    long hash(int number, ByteBuffer key) {
        long hash = salt ^ number;
        ByteBuffer rest = key.duplicate();
        while (rest.remaining() >= Long.BYTES) {
            hash = mix(hash ^ rest.getLong());
        }
        while (rest.hasRemaining()) {
            hash = mix(hash ^ rest.get());
        }
        return mix(hash ^ key.remaining());
    }

    private static long mix(long bits) {
        long product = (bits ^ (bits >>> 32)) * FACTOR;
        return (product ^ (product >>> 29)) * FACTOR ^ (product >>> 32);
    }

    private static int tag(long hash) {
        return (int) (hash >>> TAG_SHIFT);
    }

    /** Sets the latest record of a key; false if the table is full. */
    boolean put(long hash, long position, int number, ByteBuffer key) throws IOException {
        int slot = (int) hash & mask;
        while (positions[slot] != 0) {
            if (tags[slot] == tag(hash) && isOf(positions[slot], number, key)) {
                positions[slot] = position;
                return true;
            }
            slot = (slot + 1) & mask;
        }
        if (used >= positions.length / 3 * 2) {
            return false;
        }
        positions[slot] = position;
        tags[slot] = tag(hash);
        used++;
        return true;
    }

    /** Whether a record is the latest of its key. */
    boolean isLatest(long hash, long position) {
        int slot = (int) hash & mask;
        while (positions[slot] != 0) {
            if (positions[slot] == position) {
                return true;
            }
            slot = (slot + 1) & mask;
        }
        return false;
    }

    private boolean isOf(long position, int number, ByteBuffer key) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(BEFORE_KEY + key.remaining());
        while (record.hasRemaining() && channel.read(record, position + record.position()) >= 0) {
            // A shorter record may be followed by no more bytes.
        }
        record.flip();
        return record.remaining() == BEFORE_KEY + key.remaining()
                && record.getInt(StoreFormat.PREFIX_BYTES) == number
                && record.getInt(StoreFormat.PREFIX_BYTES + Integer.BYTES) == key.remaining()
                && record.position(BEFORE_KEY).equals(key);
    }
}
