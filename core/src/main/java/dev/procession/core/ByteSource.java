package dev.procession.core;

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
 * Reads a message. No length in it is believed: each is held against the bytes that remain before
 * anything is allocated, and what does not fit is an {@link IOException}.
 */
final class ByteSource extends InputStream {

    private final ByteBuffer buffer;
    private final @Nullable ObjectInputFilter filter;

    /**
     * Takes a buffer over.
     *
     * @param buffer big-endian, and nobody else moves its position
     */
    ByteSource(ByteBuffer buffer) {
        this(buffer, null);
    }

    /** The same for bytes that only some classes may come out of. */
    ByteSource(ByteBuffer buffer, @Nullable ObjectInputFilter filter) {
        this.buffer = buffer;
        this.filter = filter;
    }

    /** What decides about classes, or null if all may be. */
    @Nullable ObjectInputFilter filter() {
        return filter;
    }

    @Override
    public int available() {
        return buffer.remaining();
    }

    @Override
    public int read() {
        return buffer.hasRemaining() ? buffer.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(target, offset, count);
        return count == 0 ? -1 : count;
    }

    byte readByte() throws IOException {
        require(1);
        return buffer.get();
    }

    short readShort() throws IOException {
        require(2);
        return buffer.getShort();
    }

    int readInt() throws IOException {
        require(4);
        return buffer.getInt();
    }

    long readLong() throws IOException {
        require(8);
        return buffer.getLong();
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
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    int[] readInts() throws IOException {
        int length = readSize();
        require(length * 4L);
        int[] numbers = new int[length];
        buffer.asIntBuffer().get(numbers);
        buffer.position(buffer.position() + length * Integer.BYTES);
        return numbers;
    }

    long[] readLongs() throws IOException {
        int length = readSize();
        require(length * 8L);
        long[] numbers = new long[length];
        buffer.asLongBuffer().get(numbers);
        buffer.position(buffer.position() + length * Long.BYTES);
        return numbers;
    }

    double[] readDoubles() throws IOException {
        int length = readSize();
        require(length * 8L);
        double[] numbers = new double[length];
        buffer.asDoubleBuffer().get(numbers);
        buffer.position(buffer.position() + length * Double.BYTES);
        return numbers;
    }

    String readLatin1() throws IOException {
        return new String(readBytes(readSize()), StandardCharsets.ISO_8859_1);
    }

    String readUtf16() throws IOException {
        int length = readSize();
        require(length * 2L);
        char[] characters = new char[length];
        for (int i = 0; i < length; i++) {
            characters[i] = buffer.getChar();
        }
        return new String(characters);
    }

    /** Reads a part of this source, which is passed over here. */
    ByteSource readPart(int length) throws IOException {
        require(length);
        ByteBuffer part = buffer.duplicate();
        part.limit(part.position() + length);
        buffer.position(part.limit());
        return new ByteSource(part, filter);
    }

    /** Tells whether a tag is next, and passes over it if it is. */
    boolean skipTag(byte tag) {
        int position = buffer.position();
        if (position == buffer.limit() || buffer.get(position) != tag) {
            return false;
        }
        buffer.position(position + 1);
        return true;
    }

    /** Tells whether exactly these bytes are next, and passes over them if they are. */
    boolean skipIfNext(byte[] expected) {
        int length = expected.length;
        if (buffer.remaining() < length) {
            return false;
        }
        int start = buffer.position();
        boolean same;
        if (buffer.hasArray()) {
            int from = buffer.arrayOffset() + start;
            same = Arrays.equals(buffer.array(), from, from + length, expected, 0, length);
        } else {
            ByteBuffer wanted = ByteBuffer.wrap(expected);
            int mismatch = buffer.mismatch(wanted);
            same = mismatch < 0 || mismatch >= length;
        }
        if (same) {
            buffer.position(start + length);
        }
        return same;
    }

    void requireEnd() throws IOException {
        if (buffer.hasRemaining()) {
            throw new StreamCorruptedException("there are bytes after the end of the value");
        }
    }

    private void require(long length) throws IOException {
        if (length < 0 || length > buffer.remaining()) {
            throw new EOFException("the message ends too early");
        }
    }
}
