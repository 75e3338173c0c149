package dev.procession.manager.server;

/** The entries of a cleared dict, which stay in memory while a snapshot goes on along them. */
final class ClearedEntries {

    private final ServerStats stats;
    private final long bytes;
    private int snapshots;

    /** Counts the entries of a table as kept. */
    ClearedEntries(ServerStats stats, EntryTable table) {
        this.stats = stats;
        this.bytes = table.bytes() + ServerStats.ENTRY_BYTES * table.size();
    }

    /** A snapshot keeps them. */
    void keep() {
        if (snapshots++ == 0) {
            stats.snapshotBytes(bytes);
        }
    }

    /** A snapshot that kept them has ended. */
    void release() {
        if (--snapshots == 0) {
            stats.snapshotBytes(-bytes);
        }
    }
}
