package dev.procession.manager.client;

import java.util.concurrent.RejectedExecutionException;

/**
 * Bounds the calls of one kind that are under way, by their number and by the bytes of their
 * requests. Guarded by the lock of {@link PendingCalls}.
 */
final class CallWindow {

    /** Calls under way at most. */
    static final int CALLS = 4096;

    /** The requests under way have no more bytes than this and one more. */
    static final long BYTES = 8 << 20;

    private int calls;
    private long bytes;

    void add(PendingCall call) {
        calls++;
        bytes += call.body.length;
    }

    void remove(PendingCall call) {
        calls--;
        bytes -= call.body.length;
    }

    boolean isFull() {
        return calls >= CALLS || bytes >= BYTES;
    }

    boolean isEmpty() {
        return calls == 0;
    }

    @Override
    public String toString() {
        return "calls=" + calls + " of " + CALLS + ", bytes=" + bytes + " of " + BYTES;
    }

    /** Returns why a call is refused that may wait in the server. */
    RejectedExecutionException refusal() {
        return new RejectedExecutionException(
                "this process has as many asynchronous calls that wait for elements, room or"
                        + " permits as it may: "
                        + this);
    }
}
