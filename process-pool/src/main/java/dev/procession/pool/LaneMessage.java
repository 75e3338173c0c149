package dev.procession.pool;

import dev.procession.core.wire.Message;
import dev.procession.core.wire.ProtocolException;

/**
 * What parent and worker say to each other through the worker's lane. The id of a message is the
 * task's number in that lane. Numbers are never reused.
 */
enum LaneMessage {
    /** Worker to parent: attached, ready for work. */
    READY(1),
    /** Parent to worker: a task, encoded; it may be recalled until the worker has claimed it. */
    TASK(2),
    /** Worker to parent: what the task returned, encoded. */
    RETURNED(3),
    /** Worker to parent: what the task threw, as {@code FailureCodec} writes it. */
    THREW(4),
    /** Parent to worker: no more work; exit. */
    EXIT(5),
    /**
     * Worker to parent: what the initializer threw, as {@code FailureCodec} writes it; it exits.
     */
    UNFIT(6);

    private final int wire;

    LaneMessage(int wire) {
        this.wire = wire;
    }

    int wire() {
        return wire;
    }

    static LaneMessage of(Message message) throws ProtocolException {
        for (LaneMessage type : values()) {
            if (type.wire == message.type()) {
                return type;
            }
        }
        throw new ProtocolException("unknown message in a worker's lane: type=" + message.type());
    }
}
