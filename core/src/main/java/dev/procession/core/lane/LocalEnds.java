package dev.procession.core.lane;

import dev.procession.core.link.IncomingDoorbells;
import dev.procession.core.memory.Segment;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The ends of lanes that this process holds. Two ends in one process find each other here and wake
 * each other directly. A doorbell that another process connects is passed to its end.
 */
final class LocalEnds {

    private static final Map<Long, @Nullable LocalEnd[]> ENDS = new ConcurrentHashMap<>();

    static {
        IncomingDoorbells.deliverTo(new Connected()); // no lambda: it takes long on a cold start
    }

    private LocalEnds() {}

    /** The parts of an end that other objects of this process use. */
    static final class LocalEnd {
        private final Segment segment;
        private final Doorbell doorbell;

        LocalEnd(Segment segment, Doorbell doorbell) {
            this.segment = segment;
            this.doorbell = doorbell;
        }

        /** The lane's segment. */
        Segment segment() {
            return segment;
        }

        /** The doorbell on which the end's threads sleep. */
        Doorbell doorbell() {
            return doorbell;
        }
    }

    /** Adds an end; replaces the end of an earlier holder. */
    static void add(long id, int end, LocalEnd local) {
        @Nullable LocalEnd[] ends;
        @Nullable LocalEnd[] both;
        do { // compute() would take a lambda, and that takes long on a cold start
            ends = ENDS.get(id);
            both = ends == null ? new LocalEnd[2] : ends.clone();
            both[end] = local;
        } while (!replace(id, ends, both));
    }

    /** Removes an end unless another holder in this process has replaced it. */
    static void remove(long id, int end, LocalEnd local) {
        @Nullable LocalEnd[] ends;
        @Nullable LocalEnd[] both;
        do {
            ends = ENDS.get(id);
            if (ends == null || ends[end] != local) {
                return;
            }
            both = ends.clone();
            both[end] = null;
        } while (!replace(id, ends, both));
    }

    /** Replaces the ends of a lane, unless another thread did; both null removes them. */
    private static boolean replace(
            long id, @Nullable LocalEnd @Nullable [] before, @Nullable LocalEnd[] after) {
        if (before == null) {
            return ENDS.putIfAbsent(id, after) == null;
        }
        return (after[0] == null && after[1] == null)
                ? ENDS.remove(id, before)
                : ENDS.replace(id, before, after);
    }

    /** Returns the end; null if this process does not hold it. */
    static @Nullable LocalEnd find(long id, int end) {
        @Nullable LocalEnd[] ends = ENDS.get(id);
        return ends == null ? null : ends[end];
    }

    /** Passes a doorbell that the holder of one end has connected to the other end. */
    private static final class Connected implements IncomingDoorbells.Receiver {
        @Override
        public void received(long id, int sender, SocketChannel socket) throws IOException {
            LocalEnd mine = sender == 0 || sender == 1 ? find(id, 1 - sender) : null;
            if (mine == null) {
                socket.close(); // the end moved or closed; its next holder connects by itself
            } else {
                mine.doorbell().add(socket);
            }
        }
    }
}
