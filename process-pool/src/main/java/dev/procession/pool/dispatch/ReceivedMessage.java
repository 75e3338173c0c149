package dev.procession.pool.dispatch;

import dev.procession.core.lane.Payload;
import dev.procession.pool.protocol.LaneMessage;
import org.jspecify.annotations.Nullable;

/**
 * A message of a worker that was read; for the dispatcher's thread. It is made before it is read
 * and linked into the {@link ReceiveQueue} afterwards, so that none is lost when memory is short.
 */
final class ReceivedMessage {

    /** The one after it, of {@link ReceiveQueue} alone. */
    @Nullable ReceivedMessage next;

    private static final Payload NONE = Payload.of(new byte[0]);

    private final WorkerSlot slot;
    private LaneMessage type = LaneMessage.READY;
    private long id;
    private long nanos;
    private Payload payload = NONE;

    ReceivedMessage(WorkerSlot slot) {
        this.slot = slot;
    }

    void fill(LaneMessage messageType, long messageId, long runNanos, Payload unread) {
        type = messageType;
        id = messageId;
        nanos = runNanos;
        payload = unread;
    }

    /** Whose it is. */
    WorkerSlot slot() {
        return slot;
    }

    /** What it is. */
    LaneMessage type() {
        return type;
    }

    /** The task that it is about. */
    long id() {
        return id;
    }

    /** How long that ran, of an outcome. */
    long nanos() {
        return nanos;
    }

    /** Unread if it is large. */
    Payload payload() {
        return payload;
    }
}
