package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.proto.Received;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.StreamRequest;
import dev.procession.manager.wire.Requests;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls of a pipeline that have no answer yet, sent and unsent. */
final class PendingCalls {

    /** So many unsent calls are sent at the latest. */
    private static final int BATCH = 64;

    /**
     * The sent requests without an answer have no more bytes than this, unless there is only one.
     */
    static final long WINDOW_BYTES = 8 << 20;

    /** Answers of more bytes, or more answers, are confirmed by a request of their own. */
    private static final long CONFIRM_BYTES = 1 << 18;

    private static final int CONFIRM_COUNT = 1024;

    private final int window;

    /** Some may have their answers: those that were sent on an earlier connection. */
    @GuardedBy("this")
    private final Deque<Call> unsent = new ArrayDeque<>();

    /** In the order of their numbers. */
    @GuardedBy("this")
    private final Map<Long, Call> outstanding = new LinkedHashMap<>();

    @GuardedBy("this")
    private long seq;

    /** The number of sent calls that the server answers as soon as it reads them. */
    @GuardedBy("this")
    private int promptOnTheirWay;

    /** The bytes of all calls without an answer, and of the sent ones among them. */
    @GuardedBy("this")
    private long outstandingBytes;

    @GuardedBy("this")
    private long sentBytes;

    /** Answers that arrived since the last confirmation to the server. */
    @GuardedBy("this")
    private long unconfirmedBytes;

    @GuardedBy("this")
    private int unconfirmed;

    /** The failure of all calls after the close; null before it. */
    @GuardedBy("this")
    private @Nullable RuntimeException closed;

    /** A request and the future of its answer. */
    static final class Call {
        private Request request;
        private final Reply<?> reply;
        private final int bytes;
        private boolean sent;

        private Call(Request request, Reply<?> reply) {
            this.request = request;
            this.reply = reply;
            this.bytes = request.getSerializedSize();
        }

        Request request() {
            return request;
        }

        Reply<?> reply() {
            return reply;
        }

        /** Whether the server answers as soon as it has read it. */
        private boolean isPrompt() {
            return !Requests.mayWait(request);
        }
    }

    PendingCalls(int window) {
        this.window = window;
    }

    /**
     * Adds a call.
     *
     * @return whether to send the unsent calls now: no answer is expected soon, with which they
     *     could be sent, or there are many of them
     */
    synchronized boolean add(Request.Builder builder, Reply<?> reply) {
        RuntimeException over = closed;
        if (over != null) {
            reply.fail(over);
            return false;
        }
        Call call = new Call(builder.setSeq(++seq).build(), reply);
        try {
            unsent.add(call);
            outstanding.put(seq, call);
        } catch (Throwable e) { // for example no memory; the caller gets this failure alone
            outstanding.remove(seq);
            throw e;
        }
        outstandingBytes += call.bytes;
        return promptOnTheirWay == 0 || unsent.size() >= BATCH;
    }

    /** The number up to which all calls have their answers. */
    @GuardedBy("this")
    private long received() {
        return outstanding.isEmpty() ? seq : outstanding.keySet().iterator().next() - 1;
    }

    /**
     * Returns the next call to send. It counts as sent from now on, and confirms the answers so
     * far. Null if there is none, or too many bytes are under way.
     */
    synchronized @Nullable Call next() {
        if (!hasUnsent()) {
            return null;
        }
        Call call = unsent.element();
        call.request = call.request.toBuilder().setReceived(received()).build();
        unsent.remove();
        confirmed();
        call.sent = true;
        sentBytes += call.bytes;
        promptOnTheirWay += call.isPrompt() ? 1 : 0;
        return call;
    }

    /**
     * Notes that a request confirms the answers; {@link #notConfirmed} undoes it if that is not
     * sent.
     */
    @GuardedBy("this")
    private void confirmed() {
        unconfirmed = 0;
        unconfirmedBytes = 0;
    }

    /** Notes that a confirmation was not sent, so that another request has to confirm. */
    synchronized void notConfirmed() {
        unconfirmed = CONFIRM_COUNT + 1;
    }

    /** Whether so many answers are unconfirmed that a request of its own has to confirm them. */
    synchronized boolean hasToConfirm() {
        return unconfirmedBytes > CONFIRM_BYTES || unconfirmed > CONFIRM_COUNT;
    }

    /** Returns a request that only confirms, for when there is no other one to send. */
    synchronized Request confirmation() {
        confirmed();
        return Request.newBuilder()
                .setStream(
                        StreamRequest.newBuilder().setOnlyReceived(Received.getDefaultInstance()))
                .setReceived(received())
                .build();
    }

    /** Takes back a call of {@link #next} that could not be sent yet. */
    synchronized void putBack(Call call) {
        if (outstanding.containsKey(call.request.getSeq())) {
            unsend(call);
            unsent.addFirst(call);
        }
        notConfirmed(); // the call was to confirm, and may be taken out before it is sent
    }

    @GuardedBy("this")
    private void unsend(Call call) {
        if (call.sent) {
            call.sent = false;
            sentBytes -= call.bytes;
            promptOnTheirWay -= call.isPrompt() ? 1 : 0;
        }
    }

    /** Whether there is a call that may be sent now. */
    synchronized boolean hasUnsent() {
        Call first = firstUnsent();
        return first != null && (sentBytes == 0 || sentBytes + first.bytes <= WINDOW_BYTES);
    }

    /**
     * Returns the first unsent call that has no answer. The server forgets an answer that is
     * confirmed, so a call that was answered must not be sent again: it would be carried out twice.
     */
    @GuardedBy("this")
    private @Nullable Call firstUnsent() {
        Call first = unsent.peek();
        while (first != null && !outstanding.containsKey(first.request.getSeq())) {
            unsent.remove();
            first = unsent.peek();
        }
        return first;
    }

    synchronized boolean isEmpty() {
        return outstanding.isEmpty();
    }

    synchronized boolean isFull() {
        return (outstanding.size() >= window || outstandingBytes >= WINDOW_BYTES) && closed == null;
    }

    /** Waits until there is room for a call. */
    synchronized void awaitRoom() throws InterruptedException {
        while (isFull()) {
            wait(); // for a thread that reads answers
        }
    }

    /**
     * Counts an answer, which the server keeps until it is confirmed, and takes its call out; null
     * if that was taken before. The answer need not be readable.
     */
    synchronized @Nullable Call answered(long number, long answerBytes) {
        unconfirmed++;
        unconfirmedBytes += answerBytes;
        return take(number);
    }

    /** Takes a call out; returns null if it was taken out before. */
    synchronized @Nullable Call take(long number) {
        boolean full = isFull();
        Call call = outstanding.get(number);
        if (call != null) {
            takeOut(call);
        }
        if (full) {
            notifyAll(); // threads that wait for room
        }
        return call;
    }

    @GuardedBy("this")
    private void takeOut(Call call) {
        outstanding.remove(call.request.getSeq());
        outstandingBytes -= call.bytes;
        unsend(call);
    }

    /** Takes out the calls that were sent to a dead server, which may have carried them out. */
    synchronized List<Call> takeSent() {
        List<Call> sent = new ArrayList<>();
        for (Call call : outstanding.values()) {
            if (call.sent) {
                sent.add(call);
            }
        }
        sent.forEach(this::takeOut);
        notifyAll(); // threads that wait for room
        return sent;
    }

    /** Marks all calls without an answer as unsent, in their order. */
    synchronized void sendAgain() {
        unsent.clear();
        outstanding.values().forEach(this::unsend);
        unsent.addAll(outstanding.values());
    }

    private synchronized List<Call> takeAll() {
        List<Call> all = new ArrayList<>(outstanding.values());
        all.forEach(this::takeOut);
        unsent.clear();
        notifyAll(); // threads that wait for room
        return all;
    }

    /** Fails all calls without an answer. Their dependent actions run here, under no lock. */
    void failAll(RuntimeException reason) {
        fail(takeAll(), reason);
    }

    static void fail(List<Call> lost, RuntimeException reason) {
        for (Call call : lost) {
            call.reply().fail(reason);
        }
    }

    /** Fails all calls from now on. */
    synchronized void close(RuntimeException reason) {
        closed = reason;
        notifyAll(); // threads that wait for room
    }
}
