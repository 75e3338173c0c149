package dev.procession.manager.server;

import dev.procession.manager.wire.FrameKind;

/**
 * What a server takes at most.
 *
 * @param maxFrameBytes the longest request or answer
 * @param maxConnections how many connections there may be at once
 * @param maxBytes how many bytes may be stored
 */
record ServerBounds(int maxFrameBytes, int maxConnections, long maxBytes) {

    /** A collector may need twice the room of a large value. */
    private static final int HEAP_SHARE = 3;

    private static final long PAGE_BYTES = 1 << 20;

    static ServerBounds of(ServerOptions options) {
        long maxBytes =
                options.maxBytes() > 0
                        ? options.maxBytes()
                        : Runtime.getRuntime().maxMemory() / HEAP_SHARE;
        return new ServerBounds(options.maxFrameBytes(), options.maxConnections(), maxBytes);
    }

    /** How many bytes of entries go into one answer, unless a single one is larger. */
    long pageBytes() {
        return Math.min(PAGE_BYTES, maxFrameBytes - FrameKind.ANSWER_BYTES);
    }
}
