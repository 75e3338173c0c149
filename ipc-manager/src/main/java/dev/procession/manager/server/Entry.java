package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a dict, linked into a list of all entries in the order in which they were made. A
 * removed entry keeps its link to the next one, so that a snapshot which has reached it can go on.
 */
final class Entry {

    final ByteString key;

    /** Its position in that order. */
    final long made;

    ByteString value;

    /** The number of the change that gave it this value; never zero, and unique in a dict. */
    long version;

    /** When it expires, in milliseconds since the epoch; 0 for never. */
    long endsAt;

    /** Removes the entry then; null if it does not expire. */
    @Nullable ScheduledFuture<?> timer;

    @Nullable Entry before;
    @Nullable Entry after;

    /** Stops the timer of an entry that was removed, or has another time to live. */
    void stopTimer() {
        ScheduledFuture<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    Entry(ByteString key, ByteString value, long made) {
        this.key = key;
        this.value = value;
        this.made = made;
    }
}
