package dev.procession.manager.stream;

import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.Requests;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One request and its single answer, which may come later. */
public final class Call {

    private final RequestStream stream;
    private final long bytes;
    private Request request;
    private boolean answered;
    private boolean withdrawn;
    private @Nullable BiConsumer<Call, Response> undoing;
    private @Nullable Runnable onCancel;
    private @Nullable ScheduledFuture<?> timer;

    /**
     * Makes a call.
     *
     * @param bytes what the request takes of the heap
     */
    public Call(RequestStream stream, Request request, long bytes) {
        this.stream = stream;
        this.request = request;
        this.bytes = bytes;
    }

    /** What the request takes of the heap while it is not answered. */
    public long bytes() {
        return bytes;
    }

    public Request request() {
        return request;
    }

    public RequestStream stream() {
        return stream;
    }

    public Client client() {
        return stream.client();
    }

    /**
     * Keeps the request until it can be answered.
     *
     * @param onTimeout runs when the time is over, and answers
     * @param whenCancelled runs when the client cancels, and answers
     */
    public void park(Runnable onTimeout, Runnable whenCancelled) {
        onCancel = whenCancelled;
        stream.park(this);
        long nanos = Requests.waitNanos(request);
        if (nanos > 0) {
            timer = stream.schedule(onTimeout, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Whether the client wants an answer at once. */
    public boolean isImpatient() {
        return Requests.waitNanos(request) == 0;
    }

    /** Ends the wait at the client's wish; it gets an answer of some kind. */
    void cancel() {
        if (!answered && onCancel != null) {
            onCancel.run();
        }
    }

    /** Sets what takes a grant back, by the call and its answer. */
    public void undoneBy(BiConsumer<Call, Response> undo) {
        undoing = undo;
    }

    /** Ends the wait of a caller that has given up; a later grant is taken back. */
    void withdraw() {
        withdrawn = true;
        cancel();
    }

    /** Forgets what only the carrying out has needed; the grant can still be taken back. */
    void keepForUndo() {
        request = Requests.forUndo(request);
    }

    /** Takes back the grant of an answer. */
    void undo(Response answer) {
        if (undoing != null) {
            undoing.accept(this, answer);
        }
    }

    /** Drops the request of a dead client; it gets no answer. */
    void forget() {
        answered = true;
        stopWaiting();
    }

    public void answer(Response.Builder response) {
        if (!answered) {
            answered = true;
            stopWaiting();
            Response whole = response.setSeq(request.getSeq()).build();
            if (withdrawn) {
                undo(whole);
            } else {
                stream.answer(this, whole);
            }
        }
    }

    public void answer(Status status) {
        answer(Response.newBuilder().setStatus(status));
    }

    public void ok() {
        answer(Response.newBuilder());
    }

    public void done(boolean done) {
        answer(Response.newBuilder().setDone(done));
    }

    public void state(boolean isTrue) {
        answer(Response.newBuilder().setIsTrue(isTrue));
    }

    public void count(long count) {
        answer(Response.newBuilder().setCount(count));
    }

    public void refuse(String why) {
        answer(Response.newBuilder().setStatus(Status.REFUSED).setText(why));
    }

    public void fail(String why) {
        answer(Response.newBuilder().setStatus(Status.FAILED).setText(why));
    }

    private void stopWaiting() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (onCancel != null) {
            onCancel = null;
            stream.unpark(this);
        }
    }
}
