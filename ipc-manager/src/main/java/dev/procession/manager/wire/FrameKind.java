package dev.procession.manager.wire;

import dev.procession.core.link.ProtocolException;

/**
 * The frames between a manager's server and its clients: an 8-byte length of the payload, a byte of
 * kind, the payload, which is one protobuf message. Big-endian. Numbers are never reused.
 */
public enum FrameKind {
    /** Client to server: a {@code Hello}. */
    HELLO(1),
    /** Server to client: a {@code Welcome}. */
    WELCOME(2),
    /** Client to server: a {@code Proof}. */
    PROOF(3),
    /** Server to client: the reason for a refusal, as UTF-8 text; the connection ends after it. */
    REFUSED(4),
    /** Server to client: an {@code Accepted}. */
    ACCEPTED(5),
    /** Client to server: a {@code Request}. */
    REQUEST(32),
    /** Server to client: a {@code Response}. */
    RESPONSE(33),
    /** Server to client: an {@code Event}. */
    EVENT(34);

    /** Bytes of the length. */
    public static final int LENGTH_BYTES = Long.BYTES;

    /** Bytes before the payload. */
    public static final int HEADER_BYTES = LENGTH_BYTES + 1;

    /**
     * How much longer an answer may be than the entry that it carries. A request is shorter than
     * the bound by as much, so that the content of one request fits into one answer.
     */
    public static final int ANSWER_BYTES = 256;

    /** The least bound of messages that a server may have. */
    public static final int MIN_BOUND_BYTES = 1 << 16;

    /** The longest payload before the handshake is over. */
    public static final int MAX_HANDSHAKE_BYTES = 4096;

    private static final FrameKind[] BY_NUMBER = new FrameKind[EVENT.number + 1];

    static {
        for (FrameKind kind : values()) {
            BY_NUMBER[kind.number] = kind;
        }
    }

    private final int number;

    FrameKind(int number) {
        this.number = number;
    }

    /** The byte that stands for it. */
    public byte number() {
        return (byte) number;
    }

    /** The kind that a byte stands for. */
    public static FrameKind of(byte number) throws ProtocolException {
        FrameKind kind = number < 0 || number >= BY_NUMBER.length ? null : BY_NUMBER[number];
        if (kind == null) {
            throw new ProtocolException("unknown kind of frame: kind=" + number);
        }
        return kind;
    }
}
