package dev.procession.core.codec;

import dev.procession.core.Codec;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The codec of {@link Codec#standard()}; it turns every failure into an exception of Procession.
 */
public final class StandardCodec implements Codec {

    public static final StandardCodec INSTANCE = new StandardCodec(null);

    private final @Nullable ObjectInputFilter filter;
    private final int maxBytes;

    public StandardCodec(@Nullable ObjectInputFilter filter) {
        this(filter, Integer.MAX_VALUE);
    }

    private StandardCodec(@Nullable ObjectInputFilter filter, int maxBytes) {
        this.filter = filter;
        this.maxBytes = maxBytes;
    }

    /**
     * Returns a codec without a filter whose {@link #encode} fails as soon as the encoded form has
     * more than so many bytes.
     */
    public static StandardCodec atMost(int maxBytes) {
        return new StandardCodec(null, maxBytes);
    }

    @Override
    public byte[] encode(@Nullable Object value) {
        return write(
                        maxBytes == Integer.MAX_VALUE ? new ByteSink() : ByteSink.atMost(maxBytes),
                        value)
                .toByteArray();
    }

    /** Encodes an object as {@link #encode} does, but does not copy its large arrays of bytes. */
    public Encoded encodeParts(@Nullable Object value) {
        return write(ByteSink.withReferences(), value).toEncoded();
    }

    private static ByteSink write(ByteSink sink, @Nullable Object value) {
        try {
            ValueWriter.write(sink, value);
            return sink;
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError failure) {
            throw CodecFailures.toEncode(value, failure);
        }
    }

    @Override
    public @Nullable Object decode(ByteBuffer message) {
        try {
            return message.hasRemaining() && Tag.isPlain(message.get(message.position()))
                    ? decodePlain(message)
                    : ReceivedEnds.decode(() -> decodeAny(message));
        } catch (OutOfMemoryError failure) {
            throw failure;
        } catch (Throwable failure) {
            // Code of the user's classes may throw anything while it restores an object.
            throw CodecFailures.toDecode(message.duplicate(), failure);
        }
    }

    private static @Nullable Object decodePlain(ByteBuffer message) throws IOException {
        ByteSource source = new ByteSource(message, null);
        Object value = ValueReader.readPlain(source, source.readByte());
        source.requireEnd();
        return value;
    }

    private @Nullable Object decodeAny(ByteBuffer message)
            throws IOException, ReflectiveOperationException {
        ByteSource source = new ByteSource(message, filter);
        Object value = ValueReader.read(source, 0);
        source.requireEnd();
        return value;
    }
}
