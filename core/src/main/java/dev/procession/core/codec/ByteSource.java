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
 */
final class ByteSource extends InputStream {

    private final byte[] bytes;
    private final int end;
    private final @Nullable ObjectInputFilter filter;
    private int next;

    /** Reads a whole array, which must not change while it is read. */
    ByteSource(byte[] bytes) {
        this(bytes, 0, bytes.length, null);
    }

    /**
     * Reads a part of an array, which must not change while it is read.
     *
     * @param filter decides about classes; null admits all
     */
    ByteSource(byte[] bytes, int start, int end, @Nullable ObjectInputFilter filter) {
        this.bytes = bytes;
        this.next = start;
        this.end = end;
        this.filter = filter;
    }

    /** The filter that decides about classes; null admits all. */
    @Nullable ObjectInputFilter filter() {
        return filter;
    }

    @Override
    public int available() {
        return end - next;
    }

    @Override
    public int read() {
        return next < end ? bytes[next++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int count = Math.min(length, end - next);
        System.arraycopy(bytes, next, target, offset, count);
        next += count;
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
        require(length);
        byte[] part = Arrays.copyOfRange(bytes, next, next + length);
        next += length;
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
        require(length);
        ByteBuffer taken = ByteBuffer.wrap(bytes, next, (int) length);
        next += (int) length;
        return taken;
    }

    String readLatin1() throws IOException {
        int length = readSize();
        require(length);
        String text = new String(bytes, next, length, StandardCharsets.ISO_8859_1);
        next += length;
        return text;
    }

    String readUtf16() throws IOException {
        int length = readSize();
        require(length * 2L);
        char[] characters = new char[length];
        for (int i = 0; i < length; i++) {
            characters[i] = (char) ((bytes[next++] << 8) | (bytes[next++] & 0xFF));
        }
        return new String(characters);
    }

    /** Returns the next bytes as a source of their own, and skips them here. */
    ByteSource readPart(int length) throws IOException {
        require(length);
        ByteSource part = new ByteSource(bytes, next, next + length, filter);
        next += length;
        return part;
    }

    /** Returns whether this tag comes next, and skips it if so. */
    boolean skipTag(byte tag) {
        if (next == end || bytes[next] != tag) {
            return false;
        }
        next++;
        return true;
    }

    /** Returns whether exactly these bytes come next, and skips them if so. */
    boolean skipIfNext(byte[] expected) {
        int length = expected.length;
        boolean same =
                end - next >= length
                        && Arrays.equals(bytes, next, next + length, expected, 0, length);
        if (same) {
            next += length;
        }
        return same;
    }

    void requireEnd() throws IOException {
        if (next < end) {
            throw new StreamCorruptedException("there are bytes after the end of the value");
        }
    }

    private void require(long length) throws IOException {
        if (length < 0 || length > end - next) {
            throw new EOFException("the message ends too early");
        }
    }
}
