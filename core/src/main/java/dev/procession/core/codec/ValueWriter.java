package dev.procession.core.codec;

import java.io.IOException;
import java.io.ObjectOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes one value in the standard codec's format, which {@link Tag} describes. */
final class ValueWriter {

    private static final int HIGHEST_LATIN1 = 0xFF;

    private ValueWriter() {}

    static void write(ByteSink sink, @Nullable Object value) throws IOException {
        LambdaParts lambda = LambdaParts.of(value, 0);
        if (lambda == null) {
            writeWhole(sink, value);
        } else {
            lambda.write(sink);
        }
    }

    /** Writes a value; a lambda by an object stream. */
    static void writeWhole(ByteSink sink, @Nullable Object value) throws IOException {
        if (writeSimple(sink, value)) {
            return;
        }
        if (isArray(value)) {
            writeArray(sink, value);
        } else if (!(value instanceof Record parts && RecordShape.write(sink, parts))) {
            writeStream(sink, value);
        }
    }

    /** True for the arrays that have a tag of their own. */
    static boolean isArray(@Nullable Object value) {
        return value instanceof byte[]
                || value instanceof int[]
                || value instanceof long[]
                || value instanceof double[];
    }

    private static void writeArray(ByteSink sink, @Nullable Object array) throws IOException {
        if (array instanceof byte[] bytes) {
            sink.writeArray(Tag.BYTES, bytes);
        } else if (array instanceof int[] ints) {
            sink.reserve(1 + ByteSink.sizeBytes(ints.length) + ints.length * 4L);
            sink.write(Tag.INTS);
            sink.writeInts(ints);
        } else if (array instanceof long[] longs) {
            sink.reserve(1 + ByteSink.sizeBytes(longs.length) + longs.length * 8L);
            sink.write(Tag.LONGS);
            sink.writeLongs(longs);
        } else if (array instanceof double[] doubles) {
            sink.reserve(1 + ByteSink.sizeBytes(doubles.length) + doubles.length * 8L);
            sink.write(Tag.DOUBLES);
            sink.writeDoubles(doubles);
        }
    }

    /** Writes a value whose identity does not matter, or writes nothing and returns false. */
    static boolean writeSimple(ByteSink sink, @Nullable Object value) throws IOException {
        if (value == null) {
            sink.write(Tag.NULL);
        } else if (value instanceof String text) {
            writeString(sink, text);
        } else if (value instanceof Integer number) {
            sink.reserve(5);
            sink.write(Tag.INTEGER);
            sink.writeInt(number);
        } else if (value instanceof Long number) {
            sink.reserve(9);
            sink.write(Tag.LONG);
            sink.writeLong(number);
        } else if (value instanceof Boolean truth) {
            sink.write(truth ? Tag.TRUE : Tag.FALSE);
        } else if (value instanceof Double number) {
            sink.reserve(9);
            sink.write(Tag.DOUBLE);
            sink.writeLong(Double.doubleToRawLongBits(number));
        } else {
            return writeRareSimple(sink, value);
        }
        return true;
    }

    static boolean isSimple(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof Double
                || value instanceof Float
                || value instanceof Short
                || value instanceof Byte
                || value instanceof Character;
    }

    private static boolean writeRareSimple(ByteSink sink, Object value) throws IOException {
        if (value instanceof Float number) {
            sink.write(Tag.FLOAT);
            sink.writeInt(Float.floatToRawIntBits(number));
        } else if (value instanceof Character character) {
            sink.write(Tag.CHARACTER);
            sink.writeShort(character);
        } else if (value instanceof Short number) {
            sink.write(Tag.SHORT);
            sink.writeShort(number);
        } else if (value instanceof Byte number) {
            sink.write(Tag.BYTE);
            sink.write(number);
        } else {
            return false;
        }
        return true;
    }

    private static void writeString(ByteSink sink, String text) throws IOException {
        boolean latin1 = true;
        for (int i = 0; latin1 && i < text.length(); i++) {
            latin1 = text.charAt(i) <= HIGHEST_LATIN1;
        }
        if (latin1) {
            sink.reserve(text.length() + 6L);
            sink.write(Tag.LATIN1);
            sink.writeLatin1(text);
        } else {
            sink.reserve(text.length() * 2L + 6);
            sink.write(Tag.UTF16);
            sink.writeUtf16(text);
        }
    }

    static void writeStream(ByteSink sink, @Nullable Object value) throws IOException {
        sink.write(Tag.STREAM);
        int start = sink.size();
        sink.writeInt(0);
        try (ObjectOutputStream stream = new ObjectOutputStream(sink)) {
            stream.writeObject(value);
        }
        sink.putInt(start, sink.size() - start - Integer.BYTES);
    }
}
