package dev.procession.manager.stream;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests of one client that are not carried out yet, in the order of their arrival. Used by the
 * server's thread alone.
 */
final class QueuedRequests {

    private final Map<Long, Queued> bySeq = new LinkedHashMap<>();
    private final ServerStats stats;
    private long bytes;

    QueuedRequests(ServerStats stats) {
        this.stats = stats;
    }

    /**
     * A request that is not carried out yet.
     *
     * @param cancelled whether it must not wait for others when it is carried out
     */
    record Queued(ReceivedRequest request, boolean cancelled) {}

    boolean isEmpty() {
        return bySeq.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    private void count(long more) {
        bytes += more;
        stats.queued(more);
    }

    /** Adds a request, instead of one with the same number if the client sends two. */
    void add(ReceivedRequest request) {
        Queued before = bySeq.put(request.seq(), new Queued(request, false));
        count(request.bytes() - (before == null ? 0 : before.request.bytes()));
    }

    /** Returns the oldest one, which stays. */
    ReceivedRequest first() {
        return bySeq.values().iterator().next().request;
    }

    /** Removes the oldest one. */
    Queued remove() {
        Iterator<Queued> all = bySeq.values().iterator();
        Queued first = all.next();
        all.remove();
        count(-first.request.bytes());
        return first;
    }

    /** Removes one whose caller has given up; true if it was the oldest one. */
    boolean remove(long seq) {
        boolean oldest = !isEmpty() && first().seq() == seq;
        Queued removed = bySeq.remove(seq);
        if (removed != null) {
            count(-removed.request.bytes());
        }
        return oldest;
    }

    /** Notes that one must not wait for others. */
    void cancel(long seq) {
        Queued unused =
                bySeq.computeIfPresent(seq, (number, queued) -> new Queued(queued.request, true));
    }

    void clear() {
        bySeq.clear();
        count(-bytes);
    }
}
