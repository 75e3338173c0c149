package dev.procession.core.transfer;

import dev.procession.core.Codec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of some work, in bytes: a header that every process can read, and a body that a
 * process may be unable to decode.
 *
 * <p>Encoding never throws: a value that cannot be serialised makes the work fail. A body that
 * cannot be decoded affects only its own outcome.
 *
 * @param isSuccess whether the work returned
 * @param body the value or the exception, encoded
 */
public record TaskOutcome(boolean isSuccess, byte[] body) {

    /**
     * The outcome of work that returned; the ends in its value move to the process that decodes it.
     */
    public static TaskOutcome success(@Nullable Object value, Codec codec) {
        try {
            return new TaskOutcome(true, Transfers.encode(codec, value));
        } catch (
                Throwable e) { // serialising runs user code; whatever it throws makes the work fail
            return failure(e, codec);
        }
    }

    /** The outcome of work that threw. */
    public static TaskOutcome failure(Throwable thrown, Codec codec) {
        return new TaskOutcome(false, FailureCodec.encode(thrown, codec));
    }

    /** The exception of a failure. */
    public Throwable thrown(Codec codec) {
        return FailureCodec.decode(ByteBuffer.wrap(body), codec);
    }

    /** The value of a success. */
    public @Nullable Object value(Codec codec) {
        return codec.decode(ByteBuffer.wrap(body));
    }

    /** Header and body in one array. */
    public byte[] toBytes() {
        byte[] bytes = new byte[1 + body.length];
        bytes[0] = (byte) (isSuccess ? 1 : 0);
        System.arraycopy(body, 0, bytes, 1, body.length);
        return bytes;
    }

    /** Reads what {@link #toBytes} wrote. */
    public static TaskOutcome of(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] < 0 || bytes[0] > 1) {
            throw new IllegalArgumentException("not an outcome: bytes=" + bytes.length);
        }
        return new TaskOutcome(bytes[0] == 1, Arrays.copyOfRange(bytes, 1, bytes.length));
    }
}
