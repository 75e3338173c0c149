package dev.procession.core.codec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message. Each length in it is checked against the remaining bytes before an array is
 * allocated; a length that does not fit is an {@link IOException}.
 *
 * <p>A message in an array is read there. One in other memory, a mapped file, may be large: it is
 * read through a small window, an array with the next of its bytes, and what is longer than the
 * window is copied from that memory to its place.
 */
final class ByteSource extends InputStream {

    private static final int WINDOW = 8192;

    /** The message, or the window. */
    private final byte[] bytes;

    /** What comes behind the window, from its position to its limit; null without a window. */
    private final @Nullable ByteBuffer rest;

    private final @Nullable ObjectInputFilter filter;
    private int end;
    private int next;

    /** Reads a whole array, which must not change while it is read. */
    ByteSource(byte[] bytes) {
        this(bytes, 0, bytes.length, null);
    }

    /**
     * Reads a buffer from its position to its limit, which stay.
     *
     * @param filter decides about classes; null admits all
     */
    ByteSource(ByteBuffer message, @Nullable ObjectInputFilter filter) {
        this.filter = filter;
        if (message.hasArray()) {
            this.bytes = message.array();
            this.next = message.arrayOffset() + message.position();
            this.end = next + message.remaining();
            this.rest = null;
        } else {
            this.bytes = new byte[Math.min(WINDOW, message.remaining())];
            this.rest = message.slice();
        }
    }

    private ByteSource(byte[] bytes, int start, int end, @Nullable ObjectInputFilter filter) {
        this.bytes = bytes;
        this.next = start;
        this.end = end;
        this.rest = null;
        this.filter = filter;
    }

    /** The filter that decides about classes; null admits all. */
    @Nullable ObjectInputFilter filter() {
        return filter;
    }

    @Override
    public int available() {
        return end - next + (rest == null ? 0 : rest.remaining());
    }

    @Override
    public int read() {
        return next < end || fill(1) ? bytes[next++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int count = Math.min(length, available());
        if (count <= end - next) {
            System.arraycopy(bytes, next, target, offset, count);
            next += count;
        } else {
            unread().get(target, offset, count);
        }
        return count == 0 ? -1 : count;
    }

    byte readByte() throws IOException {
        require(1);
        return bytes[next++];
    }

    short readShort() throws IOException {
        require(2);
        return (short) ((bytes[next++] << 8) | (bytes[next++] & 0xFF));
    }

    int readInt() throws IOException {
        require(4);
        return (bytes[next++] << 24)
                | (bytes[next++] & 0xFF) << 16
                | (bytes[next++] & 0xFF) << 8
                | (bytes[next++] & 0xFF);
    }

    long readLong() throws IOException {
        require(8);
        return ((long) readInt() << 32) | (readInt() & 0xFFFF_FFFFL);
    }

    int readSize() throws IOException {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = readByte();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                if (value < 0 || (shift == 28 && next > 7)) {
                    break;
                }
                return value;
            }
        }
        throw new StreamCorruptedException("not a size");
    }

    byte[] readBytes(int length) throws IOException {
        byte[] part;
        if (isAtHand(length)) {
            part = Arrays.copyOfRange(bytes, next, next + length);
            next += length;
        } else {
            ByteBuffer from = unread();
            part = new byte[length];
            from.get(part);
        }
        return part;
    }

    int[] readInts() throws IOException {
        int length = readSize();
        ByteBuffer written = take(length * 4L);
        int[] numbers = new int[length];
        written.asIntBuffer().get(numbers);
        return numbers;
    }

    long[] readLongs() throws IOException {
        int length = readSize();
        ByteBuffer written = take(length * 8L);
        long[] numbers = new long[length];
        written.asLongBuffer().get(numbers);
        return numbers;
    }

    double[] readDoubles() throws IOException {
        int length = readSize();
        ByteBuffer written = take(length * 8L);
        double[] numbers = new double[length];
        written.asDoubleBuffer().get(numbers);
        return numbers;
    }

    private ByteBuffer take(long length) throws IOException {
        if (!isAtHand(length)) {
            return skip(unread(), (int) length);
        }
        ByteBuffer taken = ByteBuffer.wrap(bytes, next, (int) length);
        next += (int) length;
        return taken;
    }

    String readLatin1() throws IOException {
        int length = readSize();
        if (!isAtHand(length)) {
            return new String(readBytes(length), StandardCharsets.ISO_8859_1);
        }
        String text = new String(bytes, next, length, StandardCharsets.ISO_8859_1);
        next += length;
        return text;
    }

    String readUtf16() throws IOException {
        int length = readSize();
        ByteBuffer written = take(length * 2L);
        char[] characters = new char[length];
        written.asCharBuffer().get(characters);
        return new String(characters);
    }

    /** Returns the next bytes as a source of their own, and skips them here. */
    ByteSource readPart(int length) throws IOException {
        if (!isAtHand(length)) {
            return new ByteSource(skip(unread(), length), filter);
        }
        ByteSource part = new ByteSource(bytes, next, next + length, filter);
        next += length;
        return part;
    }

    /** Returns whether this tag comes next, and skips it if so. */
    boolean skipTag(byte tag) {
        if ((next == end && !fill(1)) || bytes[next] != tag) {
            return false;
        }
        next++;
        return true;
    }

    /** Returns whether exactly these bytes come next, and skips them if so. */
    boolean skipIfNext(byte[] expected) {
        int length = expected.length;
        if (length > end - next && rest != null && length <= available()) {
            return skipInRest(expected);
        }
        boolean same =
                end - next >= length
                        && Arrays.equals(bytes, next, next + length, expected, 0, length);
        if (same) {
            next += length;
        }
        return same;
    }

    private boolean skipInRest(byte[] expected) {
        ByteBuffer from = unread();
        boolean same =
                from.slice(from.position(), expected.length).equals(ByteBuffer.wrap(expected));
        if (same) {
            from.position(from.position() + expected.length);
        }
        return same;
    }

    void requireEnd() throws IOException {
        if (available() > 0) {
            throw new StreamCorruptedException("there are bytes after the end of the value");
        }
    }

    /** Has so many bytes in the array, at most a few. */
    private void require(int length) throws IOException {
        if (length > end - next && !fill(length)) {
            throw new EOFException("the message ends too early");
        }
    }

    /** Returns whether so many bytes are in the array; if not, they are in the {@link #rest}. */
    private boolean isAtHand(long length) throws IOException {
        if (length < 0 || length > available()) {
            throw new EOFException("the message ends too early");
        }
        return length <= end - next;
    }

    /** Moves the window so that it has so many bytes; false if there are not so many. */
    private boolean fill(int length) {
        if (rest == null || length > available()) {
            return false;
        }
        ByteBuffer from = unread();
        int count = Math.min(bytes.length, from.remaining());
        from.get(bytes, 0, count);
        next = 0;
        end = count;
        return true;
    }

    /** Empties the window; returns what was not read, and lies behind the window no more. */
    private ByteBuffer unread() {
        ByteBuffer from = rest;
        if (from == null) {
            throw new IllegalStateException("this source has no window");
        }
        from.position(from.position() - (end - next));
        next = end;
        return from;
    }

    /** Returns the next bytes of a buffer, and skips them there. */
    private static ByteBuffer skip(ByteBuffer from, int length) {
        ByteBuffer skipped = from.slice(from.position(), length);
        from.position(from.position() + length);
        return skipped;
    }
}
