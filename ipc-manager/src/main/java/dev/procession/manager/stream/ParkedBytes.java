package dev.procession.manager.stream;

/**
 * Counts the requests of one client that were carried out and wait for others, for example for a
 * lock. Used by the server's thread alone.
 */
final class ParkedBytes {

    private final ServerBounds bounds;
    private final ServerStats stats;
    private int count;
    private long bytes;

    ParkedBytes(ServerBounds bounds, ServerStats stats) {
        this.bounds = bounds;
        this.stats = stats;
    }

    /** Whether a request of so many bytes may wait, if it has to. */
    boolean mayAdd(long more) {
        long above =
                Math.max(
                        stats.parkedBytes() + more - bounds.allParkedBytes(),
                        stats.stored() + more - bounds.parkedAtBytes());
        return count < ServerBounds.MAX_PARKED
                && ServerBounds.isWithin(bytes + more, bounds.parkedBytes(), above, 0);
    }

    /** Why a request may not wait. */
    String refusal() {
        return "too many requests of this client wait: requests="
                + count
                + ", limit="
                + ServerBounds.MAX_PARKED
                + "; bytes="
                + bytes
                + ", limit="
                + bounds.parkedBytes()
                + "; bytes of all clients="
                + stats.parkedBytes()
                + ", limit="
                + bounds.allParkedBytes()
                + ", stored="
                + stats.stored()
                + ", limit="
                + bounds.parkedAtBytes()
                + "; let fewer threads wait, or start the manager with a greater maxBytes";
    }

    void add(long more) {
        count(1, more);
    }

    void remove(long less) {
        count(-1, -less);
    }

    private void count(int more, long moreBytes) {
        count += more;
        bytes += moreBytes;
        stats.waiting(more, moreBytes);
    }
}
