package dev.procession.core.lane;

import dev.procession.core.link.LinkServer;
import dev.procession.core.memory.Segment;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The ends of lanes that this process holds. Two ends in one process wake each other directly, and
 * a doorbell that another process connects is given to the end it is for.
 */
final class LocalEnds {

    private static final Map<Long, @Nullable LocalEnd[]> ENDS = new ConcurrentHashMap<>();

    static {
        LinkServer.deliverDoorbells(LocalEnds::connected);
    }

    private LocalEnds() {}

    /** What others in this process may use of an end. */
    static final class LocalEnd {
        private final Segment segment;
        private final Doorbell doorbell;

        LocalEnd(Segment segment, Doorbell doorbell) {
            this.segment = segment;
            this.doorbell = doorbell;
        }

        /** The lane. */
        Segment segment() {
            return segment;
        }

        /** On which the end's threads sleep. */
        Doorbell doorbell() {
            return doorbell;
        }
    }

    /** Adds an end, in place of an earlier holder's. */
    static void add(long id, int end, LocalEnd local) {
        ENDS.compute(
                id,
                (key, ends) -> {
                    @Nullable LocalEnd[] both = ends == null ? new LocalEnd[2] : ends.clone();
                    both[end] = local;
                    return both;
                });
    }

    /** Removes an end unless it has another holder in this process by now. */
    static void remove(long id, int end, LocalEnd local) {
        ENDS.computeIfPresent(
                id,
                (key, ends) -> {
                    @Nullable LocalEnd[] both = ends.clone();
                    if (both[end] == local) {
                        both[end] = null;
                    }
                    return both[0] == null && both[1] == null ? null : both;
                });
    }

    /** The end if this process holds it. */
    static @Nullable LocalEnd find(long id, int end) {
        @Nullable LocalEnd[] ends = ENDS.get(id);
        return ends == null ? null : ends[end];
    }

    /** The holder of one end has connected a doorbell for the other one, on the links' thread. */
    private static void connected(long id, int speaker, SocketChannel socket) throws IOException {
        LocalEnd mine = speaker == 0 || speaker == 1 ? find(id, 1 - speaker) : null;
        if (mine == null) {
            socket.close(); // moved on or closed; its next holder connects by itself
        } else {
            mine.doorbell().add(socket);
        }
    }
}
