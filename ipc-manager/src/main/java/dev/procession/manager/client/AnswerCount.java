package dev.procession.manager.client;

import java.util.TreeSet;

/**
 * Counts the answers of a session, and what of the count may be confirmed, so that the server need
 * not keep them any more. For {@link PendingCalls}, under its lock.
 */
final class AnswerCount {

    /** Answers of more bytes, or more answers, are confirmed by a frame of their own. */
    private static final long CONFIRM_BYTES = 1 << 18;

    private static final int CONFIRM_COUNT = 1024;

    private long came;

    /** Answers that must not be confirmed yet: {@link PendingCall#ignoredAnswer} of the calls. */
    private final TreeSet<Long> ignored = new TreeSet<>();

    /** Answers that have come since the last confirmation to the server. */
    private int unconfirmed;

    private long unconfirmedBytes;

    /** An ignored answer held the last confirmation back, and does so no more. */
    private boolean heldBack;

    /** How many answers of this session have come. */
    long came() {
        return came;
    }

    /**
     * Counts an answer, which needs no memory.
     *
     * @param bytes of the answer, which the server keeps until it is confirmed
     */
    void add(long bytes) {
        came++;
        unconfirmed++;
        unconfirmedBytes += bytes;
    }

    /** Notes that the next answer is one that a call ignores; its first one is held back. */
    void ignoreNext(PendingCall call) {
        if (call.ignoredAnswer == null) {
            Long next = came + 1;
            boolean unused = ignored.add(next);
            call.ignoredAnswer = next;
        }
    }

    /** Forgets what a call ignored, as the call has ended. */
    void ended(PendingCall call) {
        if (call.ignoredAnswer != null) {
            heldBack |= ignored.remove(call.ignoredAnswer);
        }
    }

    /** How many answers the server need not keep any more. */
    long confirmable() {
        return ignored.isEmpty() ? came : ignored.first() - 1;
    }

    /**
     * Whether a frame of its own is due: so much is not confirmed, or what earlier frames could not
     * confirm. The server may carry out nothing before it has that.
     */
    boolean isConfirmationDue() {
        return heldBack || unconfirmedBytes > CONFIRM_BYTES || unconfirmed > CONFIRM_COUNT;
    }

    /** Notes that a frame with the count was appended. */
    void confirmed() {
        unconfirmed = 0;
        unconfirmedBytes = 0;
        heldBack = false;
    }

    /** Begins with another session. */
    void restart() {
        came = 0;
        heldBack = false;
    }
}
