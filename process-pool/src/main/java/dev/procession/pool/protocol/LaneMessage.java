package dev.procession.pool.protocol;

import dev.procession.core.link.ProtocolException;

/**
 * The messages between parent and worker in the worker's lane. The id of a message says which task
 * it is about ({@link TaskWord#id}). The lowest 8 bits of its type are one of these numbers, which
 * are never reused; the bits above hold the run time of the task if the message is an outcome.
 */
public enum LaneMessage {
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
    INITIALIZER_FAILED(6),
    /** Worker to parent: the array that the task returned, as it is; with the standard codec. */
    RETURNED_BYTES(7);

    private static final int TYPE_BITS = 8;
    private static final int MANTISSA_BITS = 10;
    private static final LaneMessage[] TYPES = values();

    private final int wire;

    LaneMessage(int wire) {
        this.wire = wire;
    }

    public int wire() {
        return wire;
    }

    /** Returns the type of an outcome with the run time of the task, to about one in a thousand. */
    public int wireWith(long nanos) {
        int shift = Math.max(0, Long.SIZE - MANTISSA_BITS - Long.numberOfLeadingZeros(nanos));
        int mantissa = (int) (nanos >>> shift);
        return wire | (mantissa << TYPE_BITS) | (shift << (TYPE_BITS + MANTISSA_BITS));
    }

    /** Reads the run time from the type of an outcome. */
    public static long nanos(int outcomeType) {
        long mantissa = (outcomeType >>> TYPE_BITS) & ((1L << MANTISSA_BITS) - 1);
        return mantissa << (outcomeType >>> (TYPE_BITS + MANTISSA_BITS));
    }

    public boolean isFromWorker() {
        return this != TASK && this != EXIT;
    }

    public static LaneMessage of(int messageType) throws ProtocolException {
        int wire = messageType & (1 << TYPE_BITS) - 1;
        for (LaneMessage type : TYPES) {
            if (type.wire == wire) {
                return type;
            }
        }
        throw new ProtocolException("unknown message in a worker's lane: type=" + messageType);
    }
}
