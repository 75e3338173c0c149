package dev.procession.manager.client;

import dev.procession.manager.ManagerException;

/**
 * Counts and bounds the calls of a client for which no caller reads: asynchronous ones, and those
 * of blocked callers that were given up. A call keeps its place until the server has answered, or
 * has confirmed that it was taken back: so the requests that a server which stands still may have
 * are bounded. Used under the lock of {@link PendingCalls}, but for {@link #areUsed}.
 */
final class CallWindows {

    /** Asynchronous calls that the server answers as soon as it reads them. */
    private final CallWindow promptCalls = new CallWindow();

    /** Asynchronous calls that may wait in the server; they leave the others their room. */
    private final CallWindow waitingCalls = new CallWindow();

    /** Calls whose callers had blocked and have given up. */
    private final CallWindow abandonedCalls = new CallWindow();

    private volatile boolean used;

    /** Whether there are such calls; any thread may ask. */
    boolean areUsed() {
        return used;
    }

    /** The window of asynchronous calls that are prompt, or may wait. */
    CallWindow of(boolean prompt) {
        return prompt ? promptCalls : waitingCalls;
    }

    /**
     * Refuses a call of a blocked caller that may wait, while too many were given up.
     *
     * @throws ManagerException if the server has not confirmed so many
     */
    void requireRoom(PendingCall call) {
        if (!call.runsActions() && !call.prompt && abandonedCalls.isFull()) {
            throw new ManagerException(
                    "the manager's server does not answer, and too many calls have timed out: "
                            + abandonedCalls,
                    null);
        }
    }

    /** A call has begun. */
    void begun(PendingCall call) {
        if (call.runsActions()) {
            of(call.prompt).add(call);
            used = true;
        }
    }

    /** A call was given up, and the server has yet to confirm that. */
    void abandoned(PendingCall call) {
        if (!call.runsActions()) {
            abandonedCalls.add(call);
            used = true;
        }
    }

    /**
     * A call has ended.
     *
     * @return whether there is room for an asynchronous call where none was
     */
    boolean ended(PendingCall call, boolean wasAbandoned) {
        boolean room = false;
        if (call.runsActions()) {
            CallWindow window = of(call.prompt);
            room = window.isFull();
            window.remove(call);
        } else if (wasAbandoned) {
            abandonedCalls.remove(call);
        }
        used = !(promptCalls.isEmpty() && waitingCalls.isEmpty() && abandonedCalls.isEmpty());
        return room;
    }
}
