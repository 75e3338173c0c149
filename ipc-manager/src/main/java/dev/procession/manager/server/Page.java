package dev.procession.manager.server;

/**
 * Counts what goes into one answer, so that it stays below the bound of a message. A single entry
 * always fits, as it came in a message.
 */
final class Page {

    /** What protobuf adds to an entry of two fields, at most. */
    private static final int FIELDS_BYTES = 12;

    private final long limit;
    private long bytes;
    private boolean empty = true;

    /** Begins an answer with at most so many bytes of entries. */
    Page(long limit) {
        this.limit = limit;
    }

    /** Adds an entry of so many bytes; false if it has to go into the next answer. */
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
