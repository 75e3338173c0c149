package dev.procession.manager.server;

import dev.procession.manager.proto.Request;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests of one client that are not carried out yet, in the order of their arrival. Used by the
 * server's thread alone.
 */
final class WaitingRequests {

    private final Map<Long, Waiting> bySeq = new LinkedHashMap<>();
    private long bytes;

    /**
     * A request that is not carried out yet.
     *
     * @param cancelled whether it must not wait for others when it is carried out
     */
    record Waiting(Request request, boolean cancelled) {}

    boolean isEmpty() {
        return bySeq.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    void add(Request request) {
        bySeq.put(request.getSeq(), new Waiting(request, false));
        bytes += request.getSerializedSize();
    }

    /** Returns the oldest one. */
    Waiting remove() {
        Iterator<Waiting> all = bySeq.values().iterator();
        Waiting first = all.next();
        all.remove();
        bytes -= first.request.getSerializedSize();
        return first;
    }

    /** Removes one whose caller has given up. */
    void remove(long seq) {
        Waiting removed = bySeq.remove(seq);
        if (removed != null) {
            bytes -= removed.request.getSerializedSize();
        }
    }

    /** Notes that one must not wait for others. */
    void cancel(long seq) {
        Waiting unused =
                bySeq.computeIfPresent(
                        seq, (number, waiting) -> new Waiting(waiting.request, true));
    }

    void clear() {
        bySeq.clear();
        bytes = 0;
    }
}
