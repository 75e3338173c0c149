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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one client, in their order, and the answers to them. It outlives its connections.
 *
 * <p>Once only: after a new connection the client repeats the requests without an answer; one that
 * came before is ignored. Answers are counted, and kept until the client confirms their count; the
 * stream repeats those that the client has not had. So nothing is carried out twice, and what was
 * read is not read again after a later change.
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
    private final Map<Long, Call> parked = new HashMap<>();

    private final KeptAnswers kept = new KeptAnswers();
    private final WaitingRequests waiting = new WaitingRequests();
    private @Nullable Channel channel;
    private long lastSeq;

    private boolean draining;

    RequestStream(StreamServices services, Client client) {
        this.services = services;
        this.client = client;
    }

    Client client() {
        return client;
    }

    /** Runs something later on the server's thread. */
    ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return services.tasks().schedule(task, delay, unit);
    }

    boolean isConnected() {
        return channel != null;
    }

    /**
     * Uses a new connection, and closes the one before.
     *
     * @param had how many answers the client has had; the others are sent again
     */
    void connected(Channel fresh, long had) {
        Channel old = channel;
        channel = fresh;
        waiting.clear(); // the client sends again whatever has no answer
        if (old != null) {
            ChannelFuture unused = old.close();
        }
        kept.forEachAfter(had, answer -> send(FrameKind.RESPONSE, answer));
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
        if (request.getSeq() <= lastSeq) {
            return; // it came before a new connection as well
        }
        if (waiting.isEmpty() && mayDo()) {
            Call unused = carryOut(request);
            return;
        }
        waiting.add(request);
        if (waiting.bytes() > waitingLimit() && kept.bytes() > keptLimit()) {
            cutOff("it does not confirm its answers: bytes=" + kept.bytes());
            return;
        }
        readOn();
        planDrain();
    }

    /** Forgets answers that the client has. */
    void confirmed(long received) {
        kept.confirm(received);
        if (!waiting.isEmpty()) {
            planDrain();
        }
    }

    /**
     * Whether a request may be carried out now. With many that wait this is so although there are
     * many kept answers: what confirms them may come behind.
     */
    private boolean mayDo() {
        Channel current = channel;
        boolean fewKept = kept.bytes() <= KEPT_BYTES && kept.count() < MAX_KEPT;
        return (current == null || current.isWritable())
                && (fewKept || (waiting.bytes() > waitingLimit() && kept.bytes() <= keptLimit()));
    }

    private long waitingLimit() {
        return services.bounds().maxFrameBytes() + SLACK_BYTES;
    }

    private long keptLimit() {
        return 2L * services.bounds().maxFrameBytes() + SLACK_BYTES;
    }

    /**
     * Plans to carry out the waiting requests, in another turn: a flush may have made it possible.
     */
    void planDrain() {
        if (!draining && !waiting.isEmpty() && mayDo()) {
            draining = true;
            services.tasks().execute(this::drain);
        }
    }

    private void drain() {
        draining = false;
        while (!waiting.isEmpty() && mayDo()) {
            WaitingRequests.Waiting next = waiting.remove();
            Call call = carryOut(next.request());
            if (next.cancelled()) {
                call.cancel();
            }
        }
        readOn();
    }

    /** Reads from the client while few requests wait; what it reads may let them go on. */
    private void readOn() {
        Channel current = channel;
        if (current != null) {
            current.config().setAutoRead(waiting.bytes() <= waitingLimit());
        }
    }

    private Call carryOut(Request request) {
        lastSeq = request.getSeq();
        Call call = new Call(this, request);
        if (parked.size() > MAX_KEPT) {
            cutOff("it has too many waiting requests: count=" + parked.size());
        } else {
            services.executor().accept(call);
        }
        return call;
    }

    /**
     * Withdraws a request whose caller has given up: it is not carried out, or is undone. The
     * answer to that comes at once, and again if the client asks again.
     */
    void withdraw(long seq) {
        waiting.remove(seq);
        readOn();
        Call call = parked.get(seq);
        if (call != null) {
            call.withdraw();
        } else {
            kept.undo(seq);
        }
        keep(Response.newBuilder().setSeq(seq).setStatus(Status.WITHDRAWN).build(), null);
    }

    /** Ends the wait of a request, also of one that has yet to begin. */
    void cancel(long seq) {
        Call call = parked.get(seq);
        if (call != null) {
            call.cancel();
        } else {
            waiting.cancel(seq);
        }
    }

    void park(Call call) {
        parked.put(call.request().getSeq(), call);
        services.stats().waiting(1, call.request().getSerializedSize());
    }

    void unpark(Call call) {
        parked.remove(call.request().getSeq());
        services.stats().waiting(-1, -call.request().getSerializedSize());
    }

    void answer(Call call, Response whole) {
        keep(bounded(whole), Requests.isGrant(call.request()) ? call : null);
    }

    /** Sends an answer, and keeps it until it is confirmed. */
    private void keep(Response response, @Nullable Call call) {
        kept.add(response, call);
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

    /** Ends the stream of a dead client. */
    void end() {
        List<Call> calls = new ArrayList<>(parked.values());
        calls.forEach(Call::forget);
        disconnect();
    }

    private void disconnect() {
        kept.clear();
        waiting.clear();
        Channel current = channel;
        channel = null;
        if (current != null) {
            ChannelFuture unused = current.close();
        }
    }
}
