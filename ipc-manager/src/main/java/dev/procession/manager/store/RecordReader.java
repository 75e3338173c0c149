package dev.procession.manager.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Reads the records of a part of a store's file, one after the other. For one thread. */
final class RecordReader {

    private static final int WINDOW_BYTES = 1 << 18;

    private final FileChannel channel;
    private final long end;
    private byte[] window = new byte[WINDOW_BYTES];

    /** The position in the file at which the window begins. */
    private long windowAt;

    /** How much of the window is filled. */
    private int filled;

    private long position;
    private long next;
    private byte type;

    RecordReader(FileChannel channel, long from, long end) {
        this.channel = channel;
        this.end = end;
        this.windowAt = from;
        this.next = from;
    }

    /** Goes to the next record; false if there is no whole one before the end of the part. */
    boolean next() throws IOException {
        return nextPrefix() && fill(next - position);
    }

    /**
     * Goes to the next record without reading more of it than its length and type, as the length
     * may be a wrong one.
     */
    boolean nextPrefix() throws IOException {
        position = next;
        if (!fill(StoreFormat.PREFIX_BYTES)) {
            return false;
        }
        ByteBuffer prefix = ByteBuffer.wrap(window, offset(), StoreFormat.PREFIX_BYTES);
        long length = Integer.BYTES + (long) prefix.getInt();
        if (length < StoreFormat.PREFIX_BYTES
                || length > Integer.MAX_VALUE
                || length > end - position) {
            return false;
        }
        type = prefix.get();
        next = position + length;
        return true;
    }

    /** Reads the whole record if it has a given length; false if it has another one. */
    boolean readIfOfLength(int bytes) throws IOException {
        return next - position == bytes && fill(bytes);
    }

    /** Adds the record to a check sum, in parts if it is large; then it cannot be read any more. */
    void addTo(CRC32C sum) throws IOException {
        int length = (int) Math.min(next - position, filled - offset());
        sum.update(window, offset(), length);
        for (long at = position + length; at < next; at += filled) {
            windowAt = at;
            filled = 0;
            read((int) Math.min(window.length, next - at));
            sum.update(window, 0, filled);
        }
    }

    private int offset() {
        return (int) (position - windowAt);
    }

    /** Has the window hold a number of bytes from the position on, if there are so many. */
    private boolean fill(long bytes) throws IOException {
        if (end - position < bytes) {
            return false;
        }
        if (offset() + bytes > filled) {
            int kept = filled - offset();
            byte[] target = bytes > window.length ? new byte[(int) bytes] : window;
            System.arraycopy(window, offset(), target, 0, kept);
            window = target;
            windowAt = position;
            filled = kept;
            while (filled < bytes) {
                read((int) Math.min(window.length, end - position));
            }
        }
        return true;
    }

    /** In parts, as the JDK keeps a buffer of the size of the largest read. */
    private void read(int most) throws IOException {
        int count = Math.min(most - filled, WINDOW_BYTES);
        int got = channel.read(ByteBuffer.wrap(window, filled, count), windowAt + filled);
        if (got < 0) {
            throw new IOException(
                    "the store's file was shortened: position=" + (windowAt + filled));
        }
        filled += got;
    }

    long position() {
        return position;
    }

    /** Where the record ends. */
    long end() {
        return next;
    }

    byte type() {
        return type;
    }

    /** Returns the whole record. Valid until the next one is read. */
    ByteBuffer record() {
        return ByteBuffer.wrap(window, offset(), (int) (next - position));
    }

    /** Returns what follows the type. Valid until the next record is read. */
    ByteBuffer body() {
        ByteBuffer record = record();
        return record.position(record.position() + StoreFormat.PREFIX_BYTES);
    }

    /** Returns a copy of a part of the body. */
    static byte[] bytes(ByteBuffer body, int count) {
        int from = body.arrayOffset() + body.position();
        body.position(body.position() + count);
        return Arrays.copyOfRange(body.array(), from, from + count);
    }
}
