package dev.procession.manager.server;

import dev.procession.core.log.Log;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Requests;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of requests of one client. It outlives its connection: after a new connection the
 * client repeats the requests without an answer. A request that was carried out is answered again
 * and not done again; one that waits goes on waiting; one that only reads is read again.
 */
final class RequestStream {

    private static final Log LOG = Log.of(RequestStream.class);

    private static final long SLACK_BYTES = 16 << 20;

    /** More than a client may have under way. */
    private static final int MAX_KEPT = 1 << 14;

    /** No new request is carried out while the kept answers have more bytes. */
    private static final long KEPT_BYTES = 4 << 20;

    private final StreamServices services;
    private final Client client;
    private final long number;
    private final Map<Long, Call> parked = new HashMap<>();

    /** Answers that the client may not have, oldest first. */
    private final Deque<Kept> kept = new ArrayDeque<>();

    /** Requests that are not carried out yet, in the order of their arrival. */
    private final Deque<Request> waiting = new ArrayDeque<>();

    /** An answer, and the call that can take it back if it grants something. */
    private record Kept(Response response, @Nullable Call call) {}

    private @Nullable Channel channel;
    private long lastSeq;

    /** The client has the answers up to this one. */
    private long confirmedSeq;

    private long keptBytes;
    private long waitingBytes;
    private boolean draining;

    /** The client has closed it; it stays until nothing waits in it. */
    private boolean closed;

    RequestStream(StreamServices services, Client client, long number) {
        this.services = services;
        this.client = client;
        this.number = number;
    }

    Client client() {
        return client;
    }

    /** Runs something later on the server's thread. */
    ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return services.tasks().schedule(task, delay, unit);
    }

    long number() {
        return number;
    }

    boolean isConnected() {
        return channel != null;
    }

    /** Uses a new connection, and closes the one before. */
    void connected(Channel fresh) {
        Channel old = channel;
        channel = fresh;
        closed = false;
        forgetWaiting(); // the client sends again whatever has no answer
        if (old != null) {
            ChannelFuture unused = old.close();
        }
    }

    private void forgetWaiting() {
        waiting.clear();
        waitingBytes = 0;
    }

    /** Drops a connection that has ended, unless another one is in use. */
    void disconnected(Channel old) {
        if (channel == old) {
            channel = null;
        }
    }

    /**
     * Takes a request. It is carried out at once, unless the client has not read earlier answers:
     * then it waits, so that a burst of requests does not fill the memory with answers.
     */
    void received(Request request) {
        confirmed(request.getReceived());
        if (waiting.isEmpty() && mayDo(request)) {
            carryOut(request);
            return;
        }
        waiting.add(request);
        waitingBytes += request.getSerializedSize();
        readOn();
        planDrain();
    }

    /** Forgets the answers that the client has. */
    void confirmed(long received) {
        confirmedSeq = Math.max(confirmedSeq, received);
        while (!kept.isEmpty() && kept.peekFirst().response.getSeq() <= received) {
            keptBytes -= kept.removeFirst().response.getSerializedSize();
        }
        if (!waiting.isEmpty()) {
            planDrain();
        }
    }

    /**
     * Whether a request may be carried out now. One that was carried out before is only answered
     * again, and without that answer the client cannot confirm others.
     */
    private boolean mayDo(Request request) {
        Channel current = channel;
        return (current == null || current.isWritable())
                && (request.getSeq() <= lastSeq
                        || (keptBytes <= KEPT_BYTES && kept.size() < MAX_KEPT));
    }

    /**
     * Plans to carry out the waiting requests, in another turn: a flush may have made it possible.
     */
    void planDrain() {
        if (!draining && !waiting.isEmpty() && mayDo(waiting.peekFirst())) {
            draining = true;
            services.tasks().execute(this::drain);
        }
    }

    private void drain() {
        draining = false;
        while (!waiting.isEmpty() && mayDo(waiting.peekFirst())) {
            Request next = waiting.removeFirst();
            waitingBytes -= next.getSerializedSize();
            carryOut(next);
        }
        readOn();
    }

    /** Reads from the client while few requests wait; what it reads may let them go on. */
    private void readOn() {
        Channel current = channel;
        if (current != null) {
            current.config()
                    .setAutoRead(waitingBytes <= services.bounds().maxFrameBytes() + SLACK_BYTES);
        }
    }

    private void carryOut(Request request) {
        long seq = request.getSeq();
        if (seq <= confirmedSeq) {
            return; // it was sent again while its answer was on the way; the client has it by now
        }
        if (seq > lastSeq) {
            lastSeq = seq;
        } else if (parked.containsKey(seq) || repeat(seq)) {
            return;
        }
        if (parked.size() > MAX_KEPT) {
            cutOff("it has too many waiting requests: count=" + parked.size());
            return;
        }
        services.executor().accept(new Call(this, request));
    }

    /** Sends a kept answer again. */
    private boolean repeat(long seq) {
        Kept found = kept(seq);
        if (found != null) {
            send(FrameKind.RESPONSE, found.response);
        }
        return found != null;
    }

    private @Nullable Kept kept(long seq) {
        for (Kept each : kept) {
            if (each.response.getSeq() == seq) {
                return each;
            }
        }
        return null;
    }

    /** Withdraws a request whose caller has given up: it is not carried out, or is undone. */
    void withdraw(long seq) {
        lastSeq = Math.max(lastSeq, seq);
        waiting.removeIf(request -> request.getSeq() == seq);
        Call call = parked.get(seq);
        Kept found = kept(seq);
        if (call != null) {
            call.withdraw();
        } else if (found != null) {
            kept.remove(found);
            keptBytes -= found.response.getSerializedSize();
            if (found.call != null) {
                found.call.undo(found.response);
            }
        }
    }

    void cancel(long seq) {
        Call call = parked.get(seq);
        if (call != null) {
            call.cancel();
        }
    }

    void park(Call call) {
        parked.put(call.request().getSeq(), call);
        services.stats().waiting(1, call.request().getSerializedSize());
    }

    void unpark(Call call) {
        parked.remove(call.request().getSeq());
        services.stats().waiting(-1, -call.request().getSerializedSize());
        forgetIfOver();
    }

    private void forgetIfOver() {
        if (closed && parked.isEmpty()) {
            client.forget(this);
        }
    }

    void answer(Call call, Response whole) {
        Response response = bounded(whole);
        if (Requests.keepsAnswer(call.request())) {
            kept.addLast(new Kept(response, Requests.isGrant(call.request()) ? call : null));
            keptBytes += response.getSerializedSize();
        }
        send(FrameKind.RESPONSE, response);
    }

    /**
     * Replaces an answer that is too large. Only users' own objects give such answers; all others
     * go by pages.
     */
    private Response bounded(Response response) {
        if (response.getSerializedSize() <= services.bounds().maxFrameBytes()) {
            return response;
        }
        return Response.newBuilder()
                .setSeq(response.getSeq())
                .setStatus(Status.FAILED)
                .setText(
                        "the answer is larger than a message may be: bytes="
                                + response.getSerializedSize()
                                + ", limit="
                                + services.bounds().maxFrameBytes()
                                + "; the request was carried out")
                .build();
    }

    void send(Event event) {
        send(FrameKind.EVENT, event);
    }

    private void send(FrameKind kind, com.google.protobuf.MessageLite message) {
        Channel current = channel;
        if (current != null) {
            services.writer().write(current, kind, message);
            requireReader(current);
        }
    }

    /**
     * Cuts off a client that does not read. Answers alone never need this, as requests wait until
     * the client reads; but events come from other clients.
     */
    private void requireReader(Channel current) {
        ChannelOutboundBuffer unread = current.unsafe().outboundBuffer();
        long bytes = unread == null ? 0 : unread.totalPendingWriteBytes();
        if (bytes > 2L * services.bounds().maxFrameBytes() + SLACK_BYTES) {
            cutOff("it does not read its answers: bytes=" + bytes);
        }
    }

    private void cutOff(String why) {
        LOG.report(Level.WARNING, "a client was cut off: pid=" + client.pid() + ", " + why, null);
        Channel current = channel;
        if (current != null) {
            ChannelFuture unused = current.close();
        }
    }

    /**
     * Closes the stream, and withdraws the requests that wait in it. A wait for a condition has to
     * get its lock first, and a call of a user's object has to return: the stream stays until then.
     */
    void close() {
        closed = true;
        new ArrayList<>(parked.values()).forEach(Call::withdraw);
        disconnect();
        forgetIfOver();
    }

    /** Ends the stream of a dead client. */
    void end() {
        List<Call> calls = new ArrayList<>(parked.values());
        calls.forEach(Call::forget);
        disconnect();
    }

    private void disconnect() {
        kept.clear();
        keptBytes = 0;
        forgetWaiting();
        Channel current = channel;
        channel = null;
        if (current != null) {
            ChannelFuture unused = current.close();
        }
    }
}
