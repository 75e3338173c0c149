package dev.procession.manager.client;

import org.jspecify.annotations.Nullable;

/**
 * Calls that have ended, in order, until their ends are handed over. It allocates nothing, so no
 * want of memory loses an end. Used by one thread at a time.
 */
final class EndedCalls {

    private @Nullable PendingCall first;
    private @Nullable PendingCall last;

    void add(PendingCall call) {
        PendingCall before = last;
        if (before == null) {
            first = call;
        } else {
            before.next = call;
        }
        last = call;
    }

    /** Takes out the first one; returns null if there is none. */
    @Nullable PendingCall poll() {
        PendingCall call = first;
        if (call != null) {
            first = call.next;
            call.next = null;
            if (first == null) {
                last = null;
            }
        }
        return call;
    }

    boolean isEmpty() {
        return first == null;
    }
}
