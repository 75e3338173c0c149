package dev.procession.manager.objects;

/**
 * Counts the bytes of one answer, so that it stays below the bound of a message. A single entry
 * always fits, as it came in a message.
 */
final class Page {

    /** The most bytes that protobuf adds to an entry of two fields. */
    private static final int FIELDS_BYTES = 12;

    private final long limit;
    private long bytes;
    private boolean empty = true;

    /** Begins a page of at most {@code limit} bytes. */
    Page(long limit) {
        this.limit = limit;
    }

    /** Adds an entry; returns false if it has to go into the next answer. */
    boolean add(long entryBytes) {
        long more = entryBytes + FIELDS_BYTES;
        if (!empty && bytes + more > limit) {
            return false;
        }
        empty = false;
        bytes += more;
        return true;
    }
}
