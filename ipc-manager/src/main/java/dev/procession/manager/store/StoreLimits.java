package dev.procession.manager.store;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * When a store is compacted.
 *
 * @param minSpareBytes how many more spare bytes there may be than needed ones
 * @param pauseNanos how long a compaction that failed is not tried again; twice as long if that
 *     fails as well, and so on
 * @param room what other writes than the server's must leave on the disk
 */
record StoreLimits(long minSpareBytes, long pauseNanos, DiskRoom room) {

    private static final long MIN_SPARE_BYTES = 16 << 20;
    private static final long PAUSE_SECONDS = 5;

    /** The limits of a store at a path. */
    static StoreLimits of(Path file) {
        return new StoreLimits(
                MIN_SPARE_BYTES, TimeUnit.SECONDS.toNanos(PAUSE_SECONDS), DiskRoom.of(file));
    }
}
