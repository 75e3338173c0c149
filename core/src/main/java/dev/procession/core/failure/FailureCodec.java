package dev.procession.core.failure;

import com.google.protobuf.ByteString;
import dev.procession.core.Codec;
import dev.procession.core.proto.Failure;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns exceptions into bytes and back, whatever they do.
 *
 * <p>An exception arrives as its own type, with the stack trace of the process where it was thrown,
 * if the codec can carry it and its class is found; otherwise as a {@link
 * dev.procession.core.RemoteException} that says the same. Safe for use by many threads.
 */
public final class FailureCodec {

    private FailureCodec() {}

    /**
     * Turns an exception into bytes. It never throws, not even when the exception's own methods do.
     *
     * @param failure the exception
     * @param codec carries the exception itself if it can
     * @return a new array that belongs to the caller
     */
    public static byte[] encode(Throwable failure, Codec codec) {
        Failure.Builder description;
        try {
            description = new FailureDescription().describe(failure);
        } catch (Throwable hostile) {
            description = Failure.newBuilder().setClassName(failure.getClass().getName());
        }
        try {
            ByteString bytes = ByteString.copyFrom(codec.encode(failure));
            return description.setSerialized(bytes).build().toByteArray();
        } catch (Throwable unserializable) {
            return description.clearSerialized().build().toByteArray();
        }
    }

    /**
     * Turns bytes back into an exception. It never throws: if the bytes are damaged, what it
     * returns says so. The buffer's position and limit are left as they are.
     *
     * @param bytes what {@link #encode} returned, from the buffer's position to its limit
     * @param codec one that understands what the sender's wrote
     * @return the exception, or a {@link dev.procession.core.RemoteException} in its place
     */
    public static Throwable decode(ByteBuffer bytes, Codec codec) {
        Failure description;
        try {
            description = Failure.parseFrom(bytes.duplicate());
        } catch (Throwable damaged) {
            return StandIn.forDamagedBytes(bytes.remaining(), damaged);
        }
        Throwable original = description.hasSerialized() ? restore(description, codec) : null;
        return original == null ? StandIn.of(description) : original;
    }

    private static @Nullable Throwable restore(Failure description, Codec codec) {
        try {
            Object value = codec.decode(description.getSerialized().asReadOnlyByteBuffer());
            if (value instanceof Throwable original) {
                completeStackTrace(original, description);
                return original;
            }
        } catch (Throwable undecodable) {
            // The stand-in tells about the exception itself, which matters more.
        }
        return null;
    }

    /** For codecs that carry no stack trace. */
    private static void completeStackTrace(Throwable original, Failure description) {
        try {
            if (original.getStackTrace().length == 0) {
                original.setStackTrace(StandIn.stackTrace(description));
            }
        } catch (Throwable hostile) {
            // It is still the exception that was thrown.
        }
    }
}
