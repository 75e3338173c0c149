package dev.procession.manager.stream;

import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Unconfirmed;
import io.netty.util.internal.PlatformDependent;

/**
 * What a server takes at most. Memory is bounded for each client and in all; in all, the first
 * {@value #FREE_BYTES} bytes of each client do not count, so that it can go on beside others that
 * take what there is. Of the heap these shares may be used at once, with the default of maxBytes:
 *
 * <pre>
 * stored, with objects and waiting requests, and what is put back above it    3/8
 * answers that are kept                                                       1/6
 * requests that are queued, twice as many with those before confirmations     1/16
 * events                                                                      1/24
 * what each client may have anyway: four times FREE_BYTES                     1/32
 * one request that is decoded                                                 1/4
 * all                                                                         0.93
 * </pre>
 *
 * @param maxFrameBytes the longest request or answer
 * @param maxClients how many client processes there may be at once
 * @param maxBytes how many bytes may be stored
 * @param heapBytes the memory of which the other bounds are shares
 * @param directBytes the memory outside the heap, for what is received and sent
 */
public record ServerBounds(
        int maxFrameBytes, int maxClients, long maxBytes, long heapBytes, long directBytes) {

    /** How many connections there may be whose handshake is not over. */
    static final int MAX_HANDSHAKES = 256;

    /** How many events a client may leave unread. */
    static final int MAX_EVENTS = 1 << 14;

    /** How many requests of a client may wait for others, for example for a lock. */
    static final int MAX_PARKED = 1 << 14;

    /**
     * What each client may have of kept answers, queued and waiting requests and events, whatever
     * others have. A client confirms its answers before it has half of it.
     */
    static final long FREE_BYTES = Unconfirmed.FREE_BYTES;

    /** There is one client at most for so much of the heap. */
    private static final long CLIENT_BYTES = 1 << 21;

    /** A collector may need twice the room of a large value. */
    private static final int HEAP_SHARE = 3;

    /** A frame is received, then decoded: it needs twice its room for a moment. */
    private static final int FRAME_SHARE = 8;

    private static final long PAGE_BYTES = 1 << 20;

    /** More requests than these wait in the client's socket. */
    private static final long MAX_QUEUED_BYTES = 16 << 20;

    public static ServerBounds of(ServerOptions options) {
        long heap = Runtime.getRuntime().maxMemory();
        return of(options, heap, Math.min(heap, PlatformDependent.maxDirectMemory()));
    }

    static ServerBounds of(ServerOptions options, long heap, long direct) {
        long maxBytes = options.maxBytes() > 0 ? options.maxBytes() : heap / HEAP_SHARE;
        long frame = Math.max(FrameKind.MIN_BOUND_BYTES, direct / FRAME_SHARE);
        return new ServerBounds(
                (int) Math.min(options.maxFrameBytes(), frame),
                (int) Math.min(options.maxConnections(), Math.max(1, heap / CLIENT_BYTES)),
                maxBytes,
                heap,
                direct);
    }

    /** What one request may take of the heap: a large value may take twice its length. */
    public long requestBytes() {
        return 2L * maxFrameBytes + ServerStats.CALL_BYTES;
    }

    /** How many bytes of entries go into one answer, unless a single one is larger. */
    public long pageBytes() {
        return Math.min(PAGE_BYTES, maxFrameBytes - FrameKind.ANSWER_BYTES);
    }

    /**
     * So many bytes may be stored, waiting requests aside, before a client may put no element back
     * any more that it has polled: its room may be taken meanwhile, and it must not be lost.
     */
    public long putBackBytes() {
        return maxBytes + maxBytes / 8;
    }

    /**
     * So many bytes may be stored, waiting requests among them, before no request that stores
     * nothing may wait any more, and no object be made, unless its client has few.
     */
    public long parkedAtBytes() {
        return maxBytes + maxBytes / 16;
    }

    /** Of the names of objects that a client has made, and what an empty object takes. */
    public long objectBytes() {
        return Math.max(FREE_BYTES, maxBytes / 4);
    }

    public long allObjectBytes() {
        return objectBytes() / 2 * 3;
    }

    /** With what clients may always have: objects stay when their clients end. */
    public long mostObjectBytes() {
        return 2 * objectBytes();
    }

    /** Of a client's requests that wait for others. */
    long parkedBytes() {
        return Math.max(FREE_BYTES, maxBytes / 2);
    }

    long allParkedBytes() {
        return maxBytes / 4 * 3;
    }

    /** Of a client's answers that it has not confirmed. */
    long keptBytes() {
        return heapBytes / 7;
    }

    long allKeptBytes() {
        return heapBytes / 6;
    }

    /** Of a client's requests that were read, and are not carried out before it has read more. */
    long queuedBytes() {
        return Math.min(MAX_QUEUED_BYTES, heapBytes / 16) + maxFrameBytes;
    }

    long allQueuedBytes() {
        return heapBytes / 32;
    }

    /** Of large requests that have begun to arrive, outside the heap. */
    long begunBytes() {
        return directBytes / 4;
    }

    /** Of a client's events that it has not read. */
    long eventBytes() {
        return Math.max(FREE_BYTES, heapBytes / 48);
    }

    long allEventBytes() {
        return heapBytes / 24;
    }

    /** What may be used of the heap at once, in all. */
    long mostHeapBytes() {
        return putBackBytes()
                + allKeptBytes()
                + 2 * allQueuedBytes()
                + allEventBytes()
                + 4 * FREE_BYTES * maxClients
                + requestBytes();
    }

    /** Whether a client's bytes are within its bound, and within that of all. */
    public static boolean isWithin(long own, long ownBound, long all, long allBound) {
        return own <= ownBound && (all <= allBound || own <= FREE_BYTES);
    }
}
