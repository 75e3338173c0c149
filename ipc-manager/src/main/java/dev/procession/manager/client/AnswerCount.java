package dev.procession.manager.client;

import dev.procession.manager.wire.Unconfirmed;
import java.util.TreeSet;

/**
 * Counts the answers of a session, and what of the count may be confirmed, so that the server need
 * not keep them any more. For {@link PendingCalls}, under its lock.
 */
final class AnswerCount {

    /** More bytes are confirmed by a frame of their own. */
    private static final long CONFIRM_BYTES = 1 << 18;

    /** The same while a call waits: the server may carry it out only then. */
    private static final long CONFIRM_BYTES_OF_WAITING = Unconfirmed.FREE_BYTES / 2;

    private long came;

    /** Answers that must not be confirmed yet: {@link PendingCall#ignoredAnswer} of the calls. */
    private final TreeSet<Long> ignored = new TreeSet<>();

    /** Of answers that have come since the last confirmation to the server. */
    private long unconfirmedBytes;

    /**
     * An ignored answer held the last confirmation back, and does so no more; or it may be lost
     * with a connection.
     */
    private boolean due;

    /** How many answers of this session have come. */
    long came() {
        return came;
    }

    /**
     * Counts an answer, which needs no memory.
     *
     * @param bytes of the answer, and of its request, which the server may keep until it is
     *     confirmed
     */
    void add(long bytes) {
        came++;
        unconfirmedBytes += Unconfirmed.ANSWER_BYTES + bytes;
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
            due |= ignored.remove(call.ignoredAnswer);
        }
    }

    /** How many answers the server need not keep any more. */
    long confirmable() {
        return ignored.isEmpty() ? came : ignored.first() - 1;
    }

    /**
     * Whether a frame of its own is due: so much is not confirmed, or what earlier frames could not
     * confirm. The server may carry out nothing before it has that.
     *
     * @param waiting whether a call has no answer
     */
    boolean isConfirmationDue(boolean waiting) {
        return due || unconfirmedBytes > (waiting ? CONFIRM_BYTES_OF_WAITING : CONFIRM_BYTES);
    }

    /** Whether answers have come since the last confirmation. */
    boolean areUnconfirmed() {
        return unconfirmedBytes > 0;
    }

    /** Has a frame of its own confirm them. */
    void confirmNow() {
        due = true;
    }

    /** A confirmation may be lost with a connection. */
    void disconnected() {
        due |= came > 0;
    }

    /** Notes that a frame with the count was appended. */
    void confirmed() {
        unconfirmedBytes = 0;
        due = false;
    }

    /** Begins with another session. */
    void restart() {
        came = 0;
        unconfirmedBytes = 0;
        due = false;
    }
}
