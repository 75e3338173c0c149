package dev.procession.core.link;

/**
 * The frames of the links between processes. Each has a byte on the wire, a maximum length and one
 * sender. Numbers are never reused.
 */
public enum FrameType {
    /** Connecting to accepting side: the sender, the purpose of the link, and a challenge. */
    HELLO(1, 256),
    /**
     * Accepting to connecting side: the sender, its challenge, and the proof for the HELLO's
     * challenge.
     */
    WELCOME(2, 256),
    /** Connecting to accepting side: the proof for the WELCOME's challenge. */
    PROOF(3, 256),
    /** Accepting to connecting side: the reason of a refusal, as text; the link ends after it. */
    REFUSED(4, 4096),

    /** Parent to child: the child interrupts the work with this id, if it still runs. */
    INTERRUPT(17, 8),
    /** Child to parent: the result of the work, as the entry point encoded it. */
    RESULT(18, 1 << 16),
    /** Child to parent: the path of the spill file with a RESULT that was too large for a frame. */
    RESULT_SPILLED(20, 4096),
    /** Parent to child, with a number: the child answers with the stack of the work's thread. */
    STACK_WANTED(21, 8),
    /** Child to parent: the number of the STACK_WANTED, and the stack, cut to fit. */
    STACK(22, 1 << 16),

    /** Connecting to accepting side: a question by its name, and its arguments. */
    QUESTION(33, 1 << 16),
    /**
     * Accepting to connecting side: the answer to the oldest open QUESTION, or why there is none.
     */
    ANSWER(34, 1 << 24);

    private static final FrameType[] BY_WIRE = new FrameType[35];

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
