package dev.procession.core.codec;

import java.io.IOException;
import java.io.InvalidClassException;
import java.io.StreamCorruptedException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one value in the standard codec's format, which {@link Tag} describes.
 *
 * <p>A worker runs this code first of all, so it avoids what loads many classes: lambdas, string
 * concatenation, and object streams unless the message has one.
 */
final class ValueReader {

    private ValueReader() {}

    /**
     * Reads a value.
     *
     * @param depth how many nested lambdas capture this value
     * @throws IOException if the bytes are damaged
     * @throws ReflectiveOperationException if this process lacks a class, or a lambda of a class
     */
    static @Nullable Object read(ByteSource source, int depth)
            throws IOException, ReflectiveOperationException {
        byte tag = source.readByte();
        return switch (tag) {
            case Tag.STREAM -> readStream(source);
            case Tag.LAMBDA -> readLambda(source, depth);
            case Tag.RECORD -> RecordMaker.read(source);
            case Tag.INTS -> source.readInts();
            case Tag.LONGS -> source.readLongs();
            case Tag.DOUBLES -> source.readDoubles();
            default -> readPlain(source, tag);
        };
    }

    /**
     * Reads a {@linkplain Tag#isPlain plain} value without its tag. A method of its own, so that
     * the JIT compiler sees that the source does not escape and allocates none.
     */
    static @Nullable Object readPlain(ByteSource source, byte tag) throws IOException {
        return switch (tag) {
            case Tag.NULL -> null;
            case Tag.FALSE -> false;
            case Tag.TRUE -> true;
            case Tag.BYTE -> source.readByte();
            case Tag.SHORT -> source.readShort();
            case Tag.CHARACTER -> (char) source.readShort();
            case Tag.INTEGER -> source.readInt();
            case Tag.LONG -> source.readLong();
            case Tag.FLOAT -> Float.intBitsToFloat(source.readInt());
            case Tag.DOUBLE -> Double.longBitsToDouble(source.readLong());
            case Tag.LATIN1 -> source.readLatin1();
            case Tag.UTF16 -> source.readUtf16();
            case Tag.BYTES -> source.readBytes(source.readSize());
            default -> throw new StreamCorruptedException("no value starts with this byte");
        };
    }

    private static Object readLambda(ByteSource source, int depth)
            throws IOException, ReflectiveOperationException {
        if (source.filter() != null) {
            throw new InvalidClassException("a lambda can run anything, so no filter lets it in");
        }
        return LambdaReader.read(source, depth);
    }

    private static @Nullable Object readStream(ByteSource source)
            throws IOException, ReflectiveOperationException {
        ByteSource part = source.readPart(source.readInt());
        try (ResolvingInput stream = new ResolvingInput(part)) {
            Object value = stream.readObject();
            part.requireEnd();
            return value;
        }
    }
}
