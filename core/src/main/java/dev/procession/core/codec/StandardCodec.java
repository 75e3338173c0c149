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

    public StandardCodec(@Nullable ObjectInputFilter filter) {
        this.filter = filter;
    }

    @Override
    public byte[] encode(@Nullable Object value) {
        ByteSink sink = new ByteSink();
        try {
            ValueWriter.write(sink, value);
            return sink.toByteArray();
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError failure) {
            throw CodecFailures.toEncode(value, failure);
        }
    }

    @Override
    public @Nullable Object decode(ByteBuffer message) {
        int length = message.remaining();
        byte[] bytes;
        int start = 0;
        if (message.hasArray()) {
            bytes = message.array();
            start = message.arrayOffset() + message.position();
        } else {
            bytes = new byte[length];
            message.get(message.position(), bytes);
        }
        try {
            return length > 0 && Tag.isPlain(bytes[start])
                    ? decodePlain(bytes, start, start + length)
                    : unpack(bytes, start, start + length);
        } catch (OutOfMemoryError failure) {
            throw failure;
        } catch (Throwable failure) {
            // Code of the user's classes may throw anything while it restores an object.
            throw CodecFailures.toDecode(ByteBuffer.wrap(bytes, start, length), failure);
        }
    }

    private static @Nullable Object decodePlain(byte[] bytes, int start, int end)
            throws IOException {
        ByteSource source = new ByteSource(bytes, start, end, null);
        Object value = ValueReader.readPlain(source, source.readByte());
        source.requireEnd();
        return value;
    }

    private @Nullable Object unpack(byte[] bytes, int start, int end)
            throws IOException, ReflectiveOperationException {
        return ReceivedEnds.decode(() -> decodeAny(bytes, start, end));
    }

    private @Nullable Object decodeAny(byte[] bytes, int start, int end)
            throws IOException, ReflectiveOperationException {
        ByteSource source = new ByteSource(bytes, start, end, filter);
        Object value = ValueReader.read(source, 0);
        source.requireEnd();
        return value;
    }
}
