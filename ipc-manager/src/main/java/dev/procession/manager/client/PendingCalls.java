package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls of a pipeline that have no answer yet: those to be sent, and those that were. */
final class PendingCalls {

    /** What waits to be sent goes out at the latest when it is as many. */
    private static final int BATCH = 64;

    /** Requests on their way have no more bytes together than this, unless there is only one. */
    static final long WINDOW_BYTES = 8 << 20;

    /** Answers of so many bytes, or so many answers, are confirmed by themselves. */
    private static final long CONFIRM_BYTES = 1 << 18;

    private static final int CONFIRM_COUNT = 1024;

    private final int window;

    /** Some may have their answers already: those that were sent by a connection before. */
    @GuardedBy("this")
    private final Deque<Call> unsent = new ArrayDeque<>();

    /** In the order of their numbers. */
    @GuardedBy("this")
    private final Map<Long, Call> outstanding = new LinkedHashMap<>();

    @GuardedBy("this")
    private long seq;

    /** How many were sent that the server answers as soon as it reads them. */
    @GuardedBy("this")
    private int promptOnTheirWay;

    /** The bytes of those that have no answer, and of those of them that were sent. */
    @GuardedBy("this")
    private long outstandingBytes;

    @GuardedBy("this")
    private long sentBytes;

    /** Answers that came since the server was last told which ones have come. */
    @GuardedBy("this")
    private long unconfirmedBytes;

    @GuardedBy("this")
    private int unconfirmed;

    /** Refuses all that comes once this is over. */
    @GuardedBy("this")
    private @Nullable RuntimeException closed;

    /** A request and who waits for its answer. */
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

        /** Whether its answer comes as soon as the server has read it. */
        private boolean isPrompt() {
            return request.getNanos() == 0;
        }
    }

    PendingCalls(int window) {
        this.window = window;
    }

    /**
     * Adds a call.
     *
     * @return whether to send what is unsent now: nothing is under way whose answer, soon, would be
     *     a better moment, or enough has come together
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
        } catch (Throwable e) { // no memory, say; the caller hears of it, and of nothing else
            outstanding.remove(seq);
            throw e;
        }
        outstandingBytes += call.bytes;
        return promptOnTheirWay == 0 || unsent.size() >= BATCH;
    }

    /** All calls up to this number have their answers. */
    @GuardedBy("this")
    private long received() {
        return outstanding.isEmpty() ? seq : outstanding.keySet().iterator().next() - 1;
    }

    /**
     * The next call to send, which counts as sent from now on and says which answers have come by
     * now; null if there is none, or too much is on its way.
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

    /** A request that says it is made; {@link #notConfirmed} if it is not sent after all. */
    @GuardedBy("this")
    private void confirmed() {
        unconfirmed = 0;
        unconfirmedBytes = 0;
    }

    /** What was to say which answers have come is not sent: something else has to say it. */
    synchronized void notConfirmed() {
        unconfirmed = CONFIRM_COUNT + 1;
    }

    /** Whether so much has come since the server was last told that it wants to be told. */
    synchronized boolean hasToConfirm() {
        return unconfirmedBytes > CONFIRM_BYTES || unconfirmed > CONFIRM_COUNT;
    }

    /** Says which answers have come; to be sent when no request that says so is to be sent. */
    synchronized Request confirmation() {
        confirmed();
        return Request.newBuilder()
                .setOperation(Operation.RECEIVED)
                .setReceived(received())
                .build();
    }

    /** A call that {@link #next} gave could not be sent yet. */
    synchronized void putBack(Call call) {
        if (outstanding.containsKey(call.request.getSeq())) {
            unsend(call);
            unsent.addFirst(call);
        }
        notConfirmed(); // which the call was to do; it may be taken out before it is sent
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
     * The first call to send that still has no answer. The server does not know any more what it
     * answered when this is confirmed, and would do it once more.
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

    /** Waits until it is full no more. */
    synchronized void awaitRoom() throws InterruptedException {
        while (isFull()) {
            wait(); // for whoever reads answers
        }
    }

    /**
     * An answer has come, whether it can be read or not: the server keeps it until it is confirmed.
     * Its call is taken out, if anybody waits for it.
     */
    synchronized @Nullable Call answered(long number, long answerBytes) {
        unconfirmed++;
        unconfirmedBytes += answerBytes;
        return take(number);
    }

    /** Takes a call out; null if nobody waits for it. */
    synchronized @Nullable Call take(long number) {
        boolean full = isFull();
        Call call = outstanding.get(number);
        if (call != null) {
            takeOut(call);
        }
        if (full) {
            notifyAll(); // who waits for room
        }
        return call;
    }

    @GuardedBy("this")
    private void takeOut(Call call) {
        outstanding.remove(call.request.getSeq());
        outstandingBytes -= call.bytes;
        unsend(call);
    }

    /** Takes out what was sent to a server that is dead, which may have carried it out. */
    synchronized List<Call> takeSent() {
        List<Call> sent = new ArrayList<>();
        for (Call call : outstanding.values()) {
            if (call.sent) {
                sent.add(call);
            }
        }
        sent.forEach(this::takeOut);
        notifyAll(); // who waits for room
        return sent;
    }

    /** Everything without an answer is to be sent once more, in order. */
    synchronized void sendAgain() {
        unsent.clear();
        outstanding.values().forEach(this::unsend);
        unsent.addAll(outstanding.values());
    }

    private synchronized List<Call> takeAll() {
        List<Call> all = new ArrayList<>(outstanding.values());
        all.forEach(this::takeOut);
        unsent.clear();
        notifyAll(); // who waits for room
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

    /** Refuses calls from now on. */
    synchronized void close(RuntimeException reason) {
        closed = reason;
        notifyAll(); // who waits for room
    }
}
