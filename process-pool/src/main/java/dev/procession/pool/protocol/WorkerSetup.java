package dev.procession.pool.protocol;

import dev.procession.core.Codec;
import dev.procession.core.SerializableRunnable;
import java.io.Serializable;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a worker does before its first task.
 *
 * @param codec what its tasks are encoded with; null for the standard one
 * @param initializer the user's code that it runs first, or null
 * @param manager the manager for its tasks, encoded, or null; decoded when a task asks for it
 */
public record WorkerSetup(
        @Nullable Codec codec,
        @Nullable SerializableRunnable initializer,
        byte @Nullable [] manager)
        implements Serializable {

    private static final WorkerSetup NONE = new WorkerSetup(null, null, null);

    /**
     * Encodes this; the result is empty if there is nothing to set up, which is usual, because
     * every start waits for it. This does not use {@code equals}, whose first call on a record
     * takes 25 ms.
     */
    public byte[] encode() {
        return codec == null && initializer == null && manager == null
                ? new byte[0]
                : Codec.standard().encode(this);
    }

    public static WorkerSetup decode(ByteBuffer bytes) {
        WorkerSetup setup =
                bytes.hasRemaining() ? (WorkerSetup) Codec.standard().decode(bytes) : NONE;
        return setup == null ? NONE : setup;
    }

    public Codec effectiveCodec() {
        return codec == null ? Codec.standard() : codec;
    }
}
