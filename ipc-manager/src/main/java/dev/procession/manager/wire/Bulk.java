package dev.procession.manager.wire;

/** How much one request may do, so that the server has time for others between two requests. */
public final class Bulk {

    /**
     * How many entries a request may get, put or remove, and how many an answer has: some
     * milliseconds' work. A client sends more of them as several requests; the server refuses a
     * larger one before it decodes it. Only what is added to a list is bounded by its memory alone,
     * as it appears at once.
     */
    public static final int MAX_ENTRIES = 4096;

    /**
     * Returns what the keys and values of a request may take of the server's memory, each with
     * {@link Unconfirmed#VALUE_BYTES}; the rest of the request takes less than an eighth of a
     * message.
     */
    public static long maxHeapBytes(long maxMessageBytes) {
        return 2 * maxMessageBytes - maxMessageBytes / 8;
    }

    private Bulk() {}
}
