package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a dict, in a list of all in the order of their making. An entry that was removed
 * keeps its link to the next, so that a snapshot which stands on it finds on.
 */
final class Entry {

    final ByteString key;

    /** Its place in the order of making. */
    final long made;

    ByteString value;

    /** Which change gave it this value; never zero, never the same twice in a dict. */
    long version;

    /** When it ends, in milliseconds since the epoch; 0 for never. */
    long endsAt;

    /** Ends it then; null for never. */
    @Nullable ScheduledFuture<?> timer;

    @Nullable Entry before;
    @Nullable Entry after;

    /** It needs no timer any more: it has gone, or lives longer. */
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
