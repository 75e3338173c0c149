package dev.procession.manager.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The form of a store's file: a header, then batches of records. All numbers are big-endian.
 *
 * <pre>
 * header   magic 8 | version 4 | salt 8 | CRC of these 4
 * record   length of the rest 4 | type 1 | body
 *   SESSION   epoch 8 | boot id 16 | whether each batch is synced 1
 *   OBJECT    number 4 | kind 4 | name
 *   PUT       number 4 | length of the key 4 | end 8 | key | value
 *   REMOVE    number 4 | length of the key 4 | 0 8 | key
 *   CLEAR     number 4
 *   LIST      number 4 | a StoredListChange
 *   COMMIT    mark 8 | length of the batch before it 8 | CRC of salt and batch 4
 * </pre>
 *
 * <p>Records count when the COMMIT behind them is whole, all of a batch or none. A SESSION is a
 * batch of its own, and the disk has all that is before it. A server writes one when it begins, has
 * compacted the file, or ends in good order; a back-up ends with one. An object has a number from
 * its OBJECT record on; a number that is not used for a long time may be given up, and the object
 * gets another one. The salt is random, and part of each mark and check sum, so that a client
 * cannot write values that look like batches.
 */
final class StoreFormat {

    private static final long MAGIC = 0x50524F4353544F52L; // PROCSTOR
    private static final int VERSION = 3;

    /** The same form, but its lists have no changes that remove several ranges. */
    private static final int VERSION_BEFORE = 2;

    static final int HEADER_BYTES = 24;
    private static final int CHECKED_HEADER_BYTES = HEADER_BYTES - Integer.BYTES;

    static final byte SESSION = 1;
    static final byte OBJECT = 2;
    static final byte PUT = 3;
    static final byte REMOVE = 4;
    static final byte CLEAR = 5;
    static final byte LIST = 6;
    static final byte COMMIT = 7;

    /** What each record begins with: its length and type. */
    static final int PREFIX_BYTES = Integer.BYTES + 1;

    static final int BOOT_ID_BYTES = 16;
    static final int SESSION_BODY_BYTES = Long.BYTES + BOOT_ID_BYTES + 1;

    /** What a PUT or REMOVE has before its key. */
    static final int BEFORE_KEY_BYTES = 2 * Integer.BYTES + Long.BYTES;

    static final int COMMIT_BODY_BYTES = 2 * Long.BYTES + Integer.BYTES;
    static final int COMMIT_BYTES = PREFIX_BYTES + COMMIT_BODY_BYTES;

    private static final long COMMIT_MARK = 0xC0881D0F5A7E11E5L;

    /** The length of the batch before the COMMIT of a SESSION. */
    static final int SESSION_BYTES = PREFIX_BYTES + SESSION_BODY_BYTES;

    static final int SESSION_BATCH_BYTES = SESSION_BYTES + COMMIT_BYTES;

    /** What an element takes in a LIST record, at most, beside its bytes. */
    static final int ELEMENT_BYTES = 6;

    private StoreFormat() {}

    /** The bytes of a PUT. */
    static long putBytes(int keyBytes, int valueBytes) {
        return (long) PREFIX_BYTES + BEFORE_KEY_BYTES + keyBytes + valueBytes;
    }

    /** The bytes of an OBJECT. */
    static long objectBytes(int nameBytes) {
        return (long) PREFIX_BYTES + 2 * Integer.BYTES + nameBytes;
    }

    /** Returns the number by which the COMMITs of a file are found. */
    static long mark(long salt) {
        return COMMIT_MARK ^ salt;
    }

    /** Begins the check sum of a batch. */
    static void begin(CRC32C crc, long salt) {
        crc.reset();
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (salt >>> shift));
        }
    }

    static ByteBuffer header(long salt) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC).putInt(VERSION).putLong(salt);
        return header.putInt(headerSum(header)).flip();
    }

    private static int headerSum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(CHECKED_HEADER_BYTES));
        return (int) crc.getValue();
    }

    /**
     * Returns the salt of a file.
     *
     * @throws IOException if it is no store, or one of another version
     */
    static long readHeader(FileChannel channel, Path file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {
            // Reads until the header is complete, or the file ends.
        }
        if (header.hasRemaining()) {
            throw new IOException(
                    "not a store, or damaged, as it is too short: file="
                            + file
                            + ", bytes="
                            + header.position());
        }
        header.clear();
        if (header.getLong() != MAGIC) {
            throw new IOException(
                    "not a store of this version of Procession, which cannot read those of the"
                            + " versions that used H2's MVStore; name another file, and fill the"
                            + " store again: file="
                            + file);
        }
        int version = header.getInt();
        if (version != VERSION && version != VERSION_BEFORE) {
            throw new IOException(
                    "a store of another version of Procession, which is not converted; name"
                            + " another file, and fill it from a server of that version: file="
                            + file
                            + ", version="
                            + version
                            + ", version here="
                            + VERSION);
        }
        long salt = header.getLong();
        if (header.getInt() != headerSum(header)) {
            throw new IOException(
                    "the store's header is damaged; start with a back-up: file=" + file);
        }
        return salt;
    }
}
