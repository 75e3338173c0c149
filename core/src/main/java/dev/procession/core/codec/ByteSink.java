package dev.procession.core.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A growing array of bytes to write a message into. A placeholder can be overwritten with a length
 * later. The array is returned without a copy when it is exactly full.
 *
 * <p>A sink of {@link #withReferences} does not copy large arrays of bytes; it notes where they
 * belong.
 */
final class ByteSink extends OutputStream {

    private static final byte[] NOTHING = new byte[0];
    private static final int LARGEST = Integer.MAX_VALUE - 8;
    private static final int SMALLEST = 64;

    /** A smaller array is copied: a part of its own costs more. */
    private static final int LEAST_REFERENCED = 1 << 14;

    /** An array that belongs between two bytes of the sink. */
    private record Reference(int position, byte[] array) {}

    private final boolean referencing;
    private final int limit;
    private @Nullable List<Reference> references;
    private byte[] bytes = NOTHING;
    private int size;
    private long referencedBytes;

    ByteSink() {
        this(false, LARGEST);
    }

    private ByteSink(boolean referencing, int limit) {
        this.referencing = referencing;
        this.limit = limit;
    }

    /** Returns a sink that refuses what makes it larger, before it makes room for that. */
    static ByteSink atMost(int limit) {
        return new ByteSink(false, limit);
    }

    /** Returns a sink whose content is taken by {@link #toEncoded}. */
    static ByteSink withReferences() {
        return new ByteSink(true, LARGEST);
    }

    /** Returns how many bytes lie here, without arrays that were noted. */
    int size() {
        return size;
    }

    /** Returns the content of a sink without references. */
    byte[] toByteArray() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    /** Returns the content: the arrays that were noted, and what was written around them. */
    Encoded toEncoded() {
        if (references == null) {
            return Encoded.of(toByteArray());
        }
        List<ByteBuffer> parts = new ArrayList<>();
        int from = 0;
        for (Reference each : references) {
            parts.add(ByteBuffer.wrap(bytes, from, each.position - from).slice());
            parts.add(ByteBuffer.wrap(each.array));
            from = each.position;
        }
        parts.add(ByteBuffer.wrap(bytes, from, size - from).slice());
        return new Encoded(null, parts);
    }

    /** Writes an array: its tag, its length and its bytes. */
    void writeArray(byte tag, byte[] array) throws IOException {
        int length = array.length;
        boolean copied = !referencing || length < LEAST_REFERENCED;
        reserve(1 + sizeBytes(length) + (copied ? (long) length : 0));
        write(tag);
        writeSize(length);
        if (copied) {
            write(array, 0, length);
            return;
        }
        requirePossible(size + referencedBytes + length);
        List<Reference> all = references;
        if (all == null) {
            all = new ArrayList<>(1);
            references = all;
        }
        all.add(new Reference(size, array));
        referencedBytes += length;
    }

    private void requirePossible(long bytes) throws IOException {
        if (bytes > limit) {
            throw limit == LARGEST
                    ? new IOException("the encoded form is larger than 2 GiB")
                    : new EncodedTooLargeException(limit);
        }
    }

    /** Makes room for that many more bytes; an empty sink gets exactly that room. */
    void reserve(long more) throws IOException {
        long needed = size + more;
        if (needed <= bytes.length) {
            return;
        }
        requirePossible(needed + referencedBytes);
        if (size > 0) {
            needed = Math.min(limit, Math.max(needed, Math.max(SMALLEST, bytes.length * 2L)));
        }
        bytes = Arrays.copyOf(bytes, (int) needed);
    }

    @Override
    public void write(int value) throws IOException {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    void writeShort(int value) throws IOException {
        reserve(2);
        bytes[size++] = (byte) (value >>> 8);
        bytes[size++] = (byte) value;
    }

    void writeInt(int value) throws IOException {
        reserve(4);
        putInt(size, value);
        size += 4;
    }

    void writeLong(long value) throws IOException {
        reserve(8);
        putInt(size, (int) (value >>> 32));
        putInt(size + 4, (int) value);
        size += 8;
    }

    /** How many bytes {@link #writeSize} writes; an exact reservation saves the copy at the end. */
    static int sizeBytes(int value) {
        return (Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(value)) + 6) / 7;
    }

    /** Writes a number that is not negative, in as few bytes as possible. */
    void writeSize(int value) throws IOException {
        reserve(sizeBytes(value));
        int rest = value;
        while (rest > 0x7F) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** Writes a string without its tag, one byte for each character. */
    void writeLatin1(String text) throws IOException {
        int length = text.length();
        reserve(length + 5L);
        writeSize(length);
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    /** Writes a string without its tag, two bytes for each character. */
    void writeUtf16(String text) throws IOException {
        int length = text.length();
        reserve(length * 2L + 5);
        writeSize(length);
        for (int i = 0; i < length; i++) {
            char character = text.charAt(i);
            bytes[size++] = (byte) (character >>> 8);
            bytes[size++] = (byte) character;
        }
    }

    /** Writes an array without its tag: its length and its numbers. */
    void writeInts(int[] numbers) throws IOException {
        writeSize(numbers.length);
        reserve(numbers.length * 4L);
        rest().asIntBuffer().put(numbers);
        size += numbers.length * Integer.BYTES;
    }

    /** The same for an array of longs. */
    void writeLongs(long[] numbers) throws IOException {
        writeSize(numbers.length);
        reserve(numbers.length * 8L);
        rest().asLongBuffer().put(numbers);
        size += numbers.length * Long.BYTES;
    }

    /** The same for an array of doubles. */
    void writeDoubles(double[] numbers) throws IOException {
        writeSize(numbers.length);
        reserve(numbers.length * 8L);
        rest().asDoubleBuffer().put(numbers);
        size += numbers.length * Double.BYTES;
    }

    private ByteBuffer rest() {
        return ByteBuffer.wrap(bytes, size, bytes.length - size);
    }

    /** Puts an integer where a placeholder was written before. */
    void putInt(int position, int value) {
        bytes[position] = (byte) (value >>> 24);
        bytes[position + 1] = (byte) (value >>> 16);
        bytes[position + 2] = (byte) (value >>> 8);
        bytes[position + 3] = (byte) value;
    }
}
