package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.proto.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls of a pipeline that have no answer yet: those to be sent, and those that were. */
final class CallBook {

    /** What waits to be sent goes out at the latest when it is as many. */
    private static final int BATCH = 64;

    private final int window;

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

    /** Refuses all that comes once this is over. */
    @GuardedBy("this")
    private @Nullable RuntimeException closed;

    /** A request and who waits for its answer. */
    static final class Call {
        private final Request request;
        private final Reply<?> reply;
        private boolean sent;

        private Call(Request request, Reply<?> reply) {
            this.request = request;
            this.reply = reply;
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

    CallBook(int window) {
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
        long oldest = outstanding.isEmpty() ? seq : outstanding.keySet().iterator().next() - 1;
        Call call = new Call(builder.setReceived(oldest).setSeq(++seq).build(), reply);
        outstanding.put(seq, call);
        unsent.add(call);
        return promptOnTheirWay == 0 || unsent.size() >= BATCH;
    }

    /** The next call to send, which counts as sent from now on. */
    synchronized @Nullable Call next() {
        Call call = unsent.poll();
        if (call != null) {
            call.sent = true;
            promptOnTheirWay += call.isPrompt() ? 1 : 0;
        }
        return call;
    }

    /** A call that {@link #next} gave could not be sent yet. */
    synchronized void putBack(Call call) {
        call.sent = false;
        if (outstanding.containsKey(call.request.getSeq())) {
            promptOnTheirWay -= call.isPrompt() ? 1 : 0;
            unsent.addFirst(call);
        }
    }

    synchronized boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    synchronized boolean isEmpty() {
        return outstanding.isEmpty();
    }

    synchronized boolean isFull() {
        return outstanding.size() >= window && closed == null;
    }

    /** Waits until it is full no more. */
    synchronized void awaitRoom() throws InterruptedException {
        while (isFull()) {
            wait(); // for whoever reads answers
        }
    }

    /** Takes an answered call out; null if nobody waits for it. */
    synchronized @Nullable Call take(long number) {
        boolean full = isFull();
        Call call = outstanding.remove(number);
        if (call != null && call.sent) {
            promptOnTheirWay -= call.isPrompt() ? 1 : 0;
        }
        if (full) {
            notifyAll(); // who waits for room
        }
        return call;
    }

    /** Takes out what was sent to a server that is dead, which may have carried it out. */
    synchronized List<Call> takeSent() {
        List<Call> sent = new ArrayList<>();
        for (Call call : outstanding.values()) {
            if (call.sent) {
                sent.add(call);
            }
        }
        sent.forEach(call -> outstanding.remove(call.request.getSeq()));
        notifyAll(); // who waits for room
        return sent;
    }

    /** Everything without an answer is to be sent once more, in order. */
    synchronized void sendAgain() {
        unsent.clear();
        unsent.addAll(outstanding.values());
        unsent.forEach(call -> call.sent = false);
        promptOnTheirWay = 0;
    }

    /** Takes all out. */
    synchronized List<Call> takeAll() {
        List<Call> all = new ArrayList<>(outstanding.values());
        outstanding.clear();
        unsent.clear();
        promptOnTheirWay = 0;
        notifyAll(); // who waits for room
        return all;
    }

    /** Refuses calls from now on. */
    synchronized void close(RuntimeException reason) {
        closed = reason;
        notifyAll(); // who waits for room
    }
}
