package dev.procession.core.link;

/**
 * The frames of the links between processes: a byte on the wire, how long one may be, and who sends
 * it. Numbers are never reused.
 */
public enum FrameType {
    /** Connecting to accepting side: who I am, what I want, and a challenge. */
    HELLO(1, 256),
    /** Accepting to connecting side: who I am, my challenge, and the answer to yours. */
    WELCOME(2, 256),
    /** Connecting to accepting side: the answer to your challenge. */
    PROOF(3, 256),
    /** Accepting to connecting side: why not, as text; the link ends here. */
    REFUSED(4, 4096),

    /** Parent to child: interrupt the work with this id, if it still runs. */
    INTERRUPT(17, 8),
    /** Child to parent: what the work gave, as the entry point encoded it. */
    RESULT(18, 1 << 16),
    /** Child to parent: a RESULT that was too large for a frame is in this file. */
    RESULT_SPILLED(20, 4096);

    private static final FrameType[] BY_WIRE = new FrameType[21];

    static {
        for (FrameType type : values()) {
            BY_WIRE[type.wire] = type;
        }
    }

    private final int wire;
    private final int maxBytes;

    FrameType(int wire, int maxBytes) {
        this.wire = wire;
        this.maxBytes = maxBytes;
    }

    /** The largest payload of this type. */
    public int maxBytes() {
        return maxBytes;
    }

    byte wire() {
        return (byte) wire;
    }

    static FrameType of(byte wire) throws ProtocolException {
        FrameType type = wire < 0 || wire >= BY_WIRE.length ? null : BY_WIRE[wire];
        if (type == null) {
            throw new ProtocolException("unknown frame type: type=" + wire);
        }
        return type;
    }
}
