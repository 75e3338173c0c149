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

    private final WorkerRun run;
    private LaneMessage type = LaneMessage.READY;
    private long id;
    private long nanos;
    private Payload payload = NONE;

    ReceivedMessage(WorkerRun run) {
        this.run = run;
    }

    void fill(LaneMessage messageType, long messageId, long runNanos, Payload unread) {
        type = messageType;
        id = messageId;
        nanos = runNanos;
        payload = unread;
    }

    /** The worker that has sent it. */
    WorkerRun run() {
        return run;
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
