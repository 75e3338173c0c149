package dev.procession.core.transfer;

import dev.procession.core.Codec;
import dev.procession.core.RemoteException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns exceptions into bytes and back, also if methods of the exceptions fail.
 *
 * <p>An exception arrives as its own type, with the stack trace of the process where it was thrown,
 * if the codec can encode it and its class is found; otherwise as a {@link RemoteException} with
 * the same message and stack trace, and with a suppressed exception that says what was in the way.
 * Safe for use by many threads.
 */
public final class FailureCodec {

    private FailureCodec() {}

    /**
     * Turns an exception into bytes. It never throws, not even when the exception's own methods do.
     *
     * @param failure the exception
     * @param codec encodes the exception itself if it can
     * @return a new array that belongs to the caller
     */
    public static byte[] encode(Throwable failure, Codec codec) {
        FailureDescription description;
        try {
            description = new FailureDescriber().describe(failure);
        } catch (Throwable hostile) {
            description = FailureDescription.of(failure.getClass().getName());
        }
        try {
            return toBytes(description, codec.encode(failure), null);
        } catch (Throwable obstacle) { // or it is too large for this heap beside its description
            return toBytes(description, null, FailureObstacle.of(description, obstacle));
        }
    }

    /**
     * The form in bytes: a description, a flag, and the exception itself if the flag is set, or
     * else what was in the way.
     */
    private static byte[] toBytes(
            FailureDescription description,
            byte @Nullable [] serialized,
            @Nullable FailureObstacle obstacle) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            description.write(out);
            out.writeBoolean(serialized != null);
            if (serialized != null) {
                out.write(serialized);
            } else if (obstacle != null) {
                obstacle.write(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: an array accepts all bytes
        }
        return bytes.toByteArray();
    }

    /**
     * Turns bytes back into an exception. It never throws: if the bytes are damaged, the message of
     * the returned exception says so. The buffer's position and limit do not change.
     *
     * @param bytes the result of {@link #encode}, from the buffer's position to its limit
     * @param codec a codec that reads the format of the sender's
     * @return the exception, or a {@link RemoteException} in its place
     */
    public static Throwable decode(ByteBuffer bytes, Codec codec) {
        FailureDescription description;
        byte[] serialized;
        try {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(copy));
            description = FailureDescription.read(in);
            if (!in.readBoolean()) {
                return StandIn.of(description, FailureObstacle.read(in).asException());
            }
            serialized = in.readAllBytes();
        } catch (Throwable damaged) {
            return StandIn.forDamagedBytes(bytes.remaining(), damaged);
        }
        return restore(serialized, description, codec);
    }

    private static Throwable restore(
            byte[] serialized, FailureDescription description, Codec codec) {
        try {
            if (codec.decode(ByteBuffer.wrap(serialized)) instanceof Throwable original) {
                completeStackTrace(original, description);
                return original;
            }
        } catch (Throwable undecodable) {
            return StandIn.of(description, undecodable);
        }
        return StandIn.of(description);
    }

    /** Sets the stack trace if the codec does not transfer it. */
    private static void completeStackTrace(Throwable original, FailureDescription description) {
        try {
            if (original.getStackTrace().length == 0) {
                original.setStackTrace(StandIn.stackTrace(description));
            }
        } catch (Throwable hostile) {
            // The exception is returned without a stack trace.
        }
    }
}
