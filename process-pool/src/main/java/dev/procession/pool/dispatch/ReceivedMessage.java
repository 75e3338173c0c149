package dev.procession.pool.dispatch;

import dev.procession.core.lane.Payload;
import dev.procession.pool.protocol.LaneMessage;
import org.jspecify.annotations.Nullable;

/**
 * A message that was read from a worker's lane; for the dispatcher's thread. The object is made
 * before the message is read and linked into the {@link ReceiveQueue} afterwards, so that no
 * message is lost when memory is short.
 */
final class ReceivedMessage {

    /** The next message; only {@link ReceiveQueue} uses it. */
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

    /** Returns the worker that has sent it. */
    WorkerRun run() {
        return run;
    }

    /** Returns what it is. */
    LaneMessage type() {
        return type;
    }

    /** Returns the id of the message, which names a task. */
    long id() {
        return id;
    }

    /** Returns how long the task ran, if this is an outcome. */
    long nanos() {
        return nanos;
    }

    /** Returns the payload; a large one is still in its file. */
    Payload payload() {
        return payload;
    }
}
