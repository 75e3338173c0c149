package dev.procession.manager.objects;

import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.wire.Bulk;

/**
 * Counts the entries of one answer and their bytes, so that it stays below the bound of a message,
 * and small entries do not take many times its bytes of the heap. A single entry always fits, as it
 * came in a message.
 */
final class Page {

    /** The most bytes that protobuf adds to an entry of two fields. */
    private static final int FIELDS_BYTES = 12;

    private final long limit;
    private long bytes;
    private int count;

    /** Begins a page of at most {@code limit} bytes. */
    Page(long limit) {
        this.limit = limit;
    }

    /** Returns what an answer with a page of so many entries, of so many bytes, takes at most. */
    static long bytes(long entries, long bytes, ServerBounds bounds) {
        return Math.min(bytes, bounds.maxFrameBytes())
                + (2 * ServerStats.VALUE_BYTES + FIELDS_BYTES)
                        * Math.min(entries, Bulk.MAX_ENTRIES);
    }

    /** Adds an entry; returns false if it has to go into the next answer. */
    boolean add(long entryBytes) {
        long more = entryBytes + FIELDS_BYTES;
        if (count > 0 && (bytes + more > limit || count == Bulk.MAX_ENTRIES)) {
            return false;
        }
        count++;
        bytes += more;
        return true;
    }
}
