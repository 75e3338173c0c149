package dev.procession.manager.client;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls by their numbers, and in the order of these. Only to add one needs memory: whatever ends
 * calls can go through all of them ({@link #first}, {@link PendingCall#after}) without. Guarded by
 * the lock of {@link PendingCalls}.
 */
final class NumberedCalls {

    private final Map<Long, PendingCall> byNumber = new HashMap<>();
    private @Nullable PendingCall first;
    private @Nullable PendingCall last;

    /** Adds a call with a greater number than all others; without memory it adds nothing. */
    void add(PendingCall call) {
        try {
            byNumber.put(call.seq, call);
        } catch (Throwable e) { // it may be there, in a table that could not grow
            byNumber.remove(call.seq);
            throw e;
        }
        PendingCall before = last;
        if (before == null) {
            first = call;
        } else {
            before.after = call;
        }
        call.before = before;
        last = call;
    }

    void remove(PendingCall call) {
        byNumber.remove(call.seq);
        PendingCall before = call.before;
        PendingCall after = call.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        call.before = null;
        call.after = null;
    }

    @Nullable PendingCall get(long number) {
        return byNumber.get(number);
    }

    /** The call with the least number; null if there is none. */
    @Nullable PendingCall first() {
        return first;
    }

    boolean isEmpty() {
        return first == null;
    }
}
