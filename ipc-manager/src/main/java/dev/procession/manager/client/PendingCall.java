package dev.procession.manager.client;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request that was not answered yet, and what becomes of it. {@link PendingCalls} decides once
 * how it ends; then the thread that found out hands the end over, under no lock.
 */
abstract class PendingCall {

    /** How far a call has come. */
    enum State {
        /** Its caller wants an answer. */
        OPEN,
        /** Its caller has given up; the server has to withdraw it, and has not confirmed that. */
        ABANDONED,
        /** It has an answer or a failure, or is withdrawn. */
        ENDED
    }

    /** All fields of the request but its number, encoded. */
    final byte[] body;

    /** Whether the server answers as soon as it has read the request. */
    final boolean prompt;

    /* Guarded by the lock of PendingCalls: */

    State state = State.OPEN;

    /** The request's number; 0 before it has one. */
    Long seq = 0L;

    /** The connection to which the request was appended last. */
    @Nullable ServerConnection appendedTo;

    /** How many bytes of that connection are before the request. */
    long position;

    /** Whether a server may have had the request; stays true. */
    boolean sent;

    /** Whether the server is asked to stop waiting. */
    boolean cancelled;

    /** The count of answers with the first of its answers that was ignored. */
    @Nullable Long ignoredAnswer;

    /** The neighbours among the {@link NumberedCalls}. */
    @Nullable PendingCall before;

    @Nullable PendingCall after;

    /* Written by the thread that ends the call, before it hands the end over: */

    private @Nullable Answer answer;
    private @Nullable Supplier<RuntimeException> failure;

    /** The next one of several that have ended; for the thread that ended them. */
    @Nullable PendingCall next;

    PendingCall(byte[] body, boolean prompt) {
        this.body = body;
        this.prompt = prompt;
    }

    /** Sets the server's answer as the end. */
    final void endWith(Answer byServer) {
        answer = byServer;
    }

    /** Sets a failure as the end; its caller makes the exception. */
    final void endWith(Supplier<RuntimeException> reason) {
        failure = reason;
    }

    @Nullable Answer answer() {
        return answer;
    }

    @Nullable Supplier<RuntimeException> failure() {
        return failure;
    }

    /** Hands the end over to the caller. Called once, under no lock. */
    abstract void handOver();

    /** Whether this thread blocks for the answer. */
    boolean isOf(@Nullable Thread thread) {
        return false;
    }

    /** Whether {@link #handOver} may run the user's code. */
    abstract boolean runsActions();
}
