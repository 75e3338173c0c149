package dev.procession.manager.server;

import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request and its one answer, now or later. */
final class Call {

    private final RequestStream stream;
    private final Request request;
    private boolean answered;
    private boolean withdrawn;
    private @Nullable SharedObject object;
    private @Nullable Runnable onCancel;
    private @Nullable ScheduledFuture<?> timer;

    Call(RequestStream stream, Request request) {
        this.stream = stream;
        this.request = request;
    }

    Request request() {
        return request;
    }

    RequestStream stream() {
        return stream;
    }

    Client client() {
        return stream.client();
    }

    /**
     * Keeps the request waiting.
     *
     * @param onTimeout what to do when its time is up; it answers
     * @param whenCancelled what to do when the client wants it no more; it answers
     */
    void park(Runnable onTimeout, Runnable whenCancelled) {
        onCancel = whenCancelled;
        stream.park(this);
        long nanos = request.getNanos();
        if (nanos > 0) {
            timer = stream.schedule(onTimeout, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Whether the client does not want to wait at all. */
    boolean isImpatient() {
        return request.getNanos() == 0;
    }

    /** The client wants to wait no longer; it gets whatever answer there is. */
    void cancel() {
        if (!answered && onCancel != null) {
            onCancel.run();
        }
    }

    /** The object that carries it out. */
    void on(SharedObject carrier) {
        object = carrier;
    }

    /** Its caller has given up: whatever it is granted from now on goes back. */
    void withdraw() {
        withdrawn = true;
        cancel();
    }

    /** Takes back what it was granted. */
    void undo(Response answer) {
        if (object != null) {
            object.undo(this, answer);
        }
    }

    /** It will never be answered: its client is dead. */
    void forget() {
        answered = true;
        stopWaiting();
    }

    void answer(Response.Builder response) {
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

    void answer(Status status) {
        answer(Response.newBuilder().setStatus(status));
    }

    void ok() {
        answer(Response.newBuilder());
    }

    void ok(boolean flag) {
        answer(Response.newBuilder().setFlag(flag));
    }

    void ok(long number) {
        answer(Response.newBuilder().setNumber(number));
    }

    void refuse(String why) {
        answer(Response.newBuilder().setStatus(Status.REFUSED).setText(why));
    }

    void fail(String why) {
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
