package dev.procession.manager.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

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

    RecordReader(FileChannel channel, long from, long end) {
        this.channel = channel;
        this.end = end;
        this.windowAt = from;
        this.next = from;
    }

    /** Goes to the next record; false if there is no whole one before the end of the part. */
    boolean next() throws IOException {
        position = next;
        if (!fill(StoreFormat.PREFIX_BYTES)) {
            return false;
        }
        long length = Integer.BYTES + (long) ByteBuffer.wrap(window).getInt(offset());
        if (length < StoreFormat.PREFIX_BYTES || length > Integer.MAX_VALUE || !fill(length)) {
            return false;
        }
        next = position + length;
        return true;
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
            throw new IOException("the store's file was shortened: position=" + windowAt + filled);
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
        return window[offset() + Integer.BYTES];
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
