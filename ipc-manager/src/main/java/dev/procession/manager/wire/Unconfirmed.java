package dev.procession.manager.wire;

/** How both sides count answers that the client has not confirmed. */
public final class Unconfirmed {

    /** About how many bytes an answer takes beside its content, and that of its request. */
    public static final long ANSWER_BYTES = 200;

    /** About how many bytes each of the keys and values of an answer takes beside its content. */
    public static final long VALUE_BYTES = 56;

    /**
     * So many bytes the server keeps for a client in any case. A client that waits for further
     * answers confirms before it has half of it, as the server may have no room for more.
     */
    public static final long FREE_BYTES = 1 << 14;

    private Unconfirmed() {}
}
