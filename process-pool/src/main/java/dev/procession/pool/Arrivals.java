package dev.procession.pool;

import org.jspecify.annotations.Nullable;

/**
 * What was read and not yet heard, in its order; for the dispatcher's thread. Nothing here
 * allocates: a collection of the JDK that fails to grow may lose what is in it.
 */
final class Arrivals {

    private @Nullable Arrival first;
    private @Nullable Arrival last;
    private int size;

    int size() {
        return size;
    }

    @Nullable Arrival first() {
        return first;
    }

    /** Adds the one that was read last, once it is. */
    void add(Arrival arrival) {
        if (last == null) {
            first = arrival;
        } else {
            last.next = arrival;
        }
        last = arrival;
        size++;
    }

    void removeFirst() {
        Arrival gone = first;
        if (gone != null) {
            first = gone.next;
            last = first == null ? null : last;
            size--;
        }
    }

    /** Takes out what else came from a worker, and gives back what that holds. */
    void discardAllOf(WorkerSlot slot) {
        Arrival before = null;
        for (Arrival each = first; each != null; each = each.next) {
            if (each.slot() != slot) {
                before = each;
                continue;
            }
            each.payload().discard();
            size--;
            if (before == null) {
                first = each.next;
            } else {
                before.next = each.next;
            }
            if (each == last) {
                last = before;
            }
        }
    }
}
