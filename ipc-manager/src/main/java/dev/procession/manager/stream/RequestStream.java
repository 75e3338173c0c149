package dev.procession.manager.stream;

import dev.procession.core.log.Log;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Requests;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
public final class RequestStream {

    private static final Log LOG = Log.of(RequestStream.class);

    /** More answers than a client leaves unconfirmed. */
    private static final int MAX_KEPT = 1 << 14;

    /** No new request is carried out while the kept answers have more bytes. */
    private static final long KEPT_BYTES = 4 << 20;

    /** An answer that a waiting request gets always, whatever is kept. */
    private static final long SMALL_BYTES = 512;

    /** One turn carries out no more of the requests that wait, and one: others come in between. */
    private static final long TURN_BYTES = 1 << 20;

    /**
     * What the requests take of the heap that may be in the sockets' buffers before a confirmation,
     * beside one message: a mebibyte of them, of which the smallest have 29 bytes there.
     */
    private static final long SOCKET_BYTES = 20 << 20;

    /** The same of one read: others' requests do not cut off a client that was just stuck. */
    private static final long READ_BYTES = SOCKET_BYTES / 16;

    private final StreamServices services;
    private final Client client;
    private final Map<Long, Call> parked = new HashMap<>();
    private final ParkedBytes parkedBytes;
    private final KeptAnswers kept;
    private final QueuedRequests queued;
    private final UnreadEvents events;

    private final Runnable whenRoomCame = this::roomCame;

    /** What waits until more answers may be kept. */
    private final Set<Runnable> whenRoom = new LinkedHashSet<>();

    private @Nullable Channel channel;
    private long lastSeq;

    /** Since when requests have found no room for large answers; 0 if the last one has. */
    private long waitingSince;

    private boolean draining;

    /**
     * How much was in the queue when only a confirmation could help from then on; 0 if it is not
     * so.
     */
    private long stuckAt;

    /** The client is dead, or has said GOODBYE; frames may still come behind that. */
    private boolean ended;

    RequestStream(StreamServices services, Client client) {
        this.services = services;
        this.client = client;
        this.parkedBytes = new ParkedBytes(services.bounds(), services.stats());
        this.kept = new KeptAnswers(services.answerRoom());
        this.queued = new QueuedRequests(services.stats());
        this.events = new UnreadEvents(services.writer(), services.bounds(), services.stats());
    }

    public Client client() {
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
        clearQueue(); // the client sends again whatever has no answer
        if (old != null) {
            ChannelFuture unused = old.close();
        }
        kept.had(had);
        kept.forEachAfter(had, answer -> send(FrameKind.RESPONSE, answer));
        roomCame();
    }

    /** Drops a connection that has ended, unless another one is in use. */
    void disconnected(Channel old) {
        if (channel == old) {
            channel = null;
            clearQueue();
        }
    }

    private void clearQueue() {
        queued.clear();
        stuckAt = 0;
        waitingSince = 0;
    }

    /**
     * Takes a request. It is carried out at once, unless the client has not read earlier answers:
     * then it waits, so that a burst of requests does not fill the memory with answers.
     */
    public void received(ReceivedRequest request) {
        if (ended || request.seq() <= lastSeq) {
            return; // it came before a new connection as well
        }
        if (queued.isEmpty() && mayDo(request)) {
            Call unused = carryOutOrRefuse(request);
            return;
        }
        queued.add(request);
        readOn();
        planDrain();
    }

    /** Forgets answers that the client has. */
    void confirmed(long received) {
        Channel current = channel;
        if (kept.confirm(received, current == null ? 0 : FrameQueue.answers(current))) {
            roomCame();
        }
        if (!queued.isEmpty()) {
            planDrain();
        }
    }

    /**
     * Whether a request may be carried out now. With many in the queue this is so although there
     * are many kept answers: what confirms them may come behind.
     */
    private boolean mayDo(ReceivedRequest request) {
        Channel current = channel;
        boolean fewKept = kept.bytes() <= KEPT_BYTES && kept.count() < MAX_KEPT;
        return (current == null || current.isWritable())
                && (fewKept || isMuchQueued())
                && (hasRoomForAnswer(request) || isRefused());
    }

    /** Whether the answer to a request may be kept, whatever the request finds. */
    private boolean hasRoomForAnswer(ReceivedRequest request) {
        return mayKeep(services.bounds().maxFrameBytes()) || mayKeep(answerBytes(request));
    }

    /** Returns how large the answer to a request may be, with what is kept of the request. */
    private long answerBytes(ReceivedRequest received) {
        Request request = received.request();
        long answer = Math.max(SMALL_BYTES, services.answerBytes().applyAsLong(request));
        return Requests.isGrant(request) ? answer + 2L * request.getName().length() : answer;
    }

    /** Whether an answer of so many bytes may be kept beside those that are. */
    private boolean mayKeep(long bytes) {
        return services.answerRoom().has(kept.bytes(), KeptAnswers.cost(bytes));
    }

    /** Whether the next request gets no room any more, but a refusal. */
    private boolean isRefused() {
        return waitingSince != 0
                && System.nanoTime() - waitingSince >= AnswerRoom.PATIENCE_NANOS
                && mayKeep(SMALL_BYTES);
    }

    private boolean isMuchQueued() {
        ServerBounds bounds = services.bounds();
        return !ServerBounds.isWithin(
                queued.bytes(),
                bounds.queuedBytes(),
                services.stats().queuedBytes(),
                bounds.allQueuedBytes());
    }

    /**
     * Whether a request that waits for others may get an answer with a value of so many bytes. The
     * client may not have read what it got before, or does not confirm it.
     */
    public boolean hasRoomFor(long bytes) {
        return bytes <= SMALL_BYTES || mayKeep(bytes);
    }

    /** Has something run once, when there may be room for an answer of so many bytes. */
    public void whenRoom(long bytes, Runnable task) {
        whenRoom.add(task);
        services.answerRoom().await(whenRoomCame, KeptAnswers.cost(bytes));
    }

    /** Other clients have confirmed answers, or this one has. */
    private void roomCame() {
        List<Runnable> all = new ArrayList<>(whenRoom);
        whenRoom.clear();
        all.forEach(services.tasks()::execute); // each for itself, as one may fail
        planDrain();
    }

    /** Says why an answer is refused that has found no room for long. */
    public String noRoom() {
        return services.answerRoom().refusal(kept.bytes());
    }

    /**
     * Plans to carry out the waiting requests, in another turn: a flush may have made it possible.
     */
    private void planDrain() {
        if (draining || queued.isEmpty()) {
            return;
        }
        ReceivedRequest next = queued.first();
        if (mayDo(next)) {
            draining = true;
            services.tasks().execute(this::drain);
        } else if (!hasRoomForAnswer(next)) {
            awaitRoom(next);
        }
    }

    /** Waits for room, but not for ever: others may never confirm their answers. */
    private void awaitRoom(ReceivedRequest next) {
        long bytes = answerBytes(next);
        services.answerRoom().await(whenRoomCame, KeptAnswers.cost(bytes));
        if (waitingSince == 0 && bytes > SMALL_BYTES) { // a refusal needs as much as a small one
            waitingSince = System.nanoTime();
            // After the confirmations that have arrived meanwhile.
            Object unused =
                    schedule(
                            () -> services.tasks().executeNextTurn(this::planDrain),
                            AnswerRoom.PATIENCE_NANOS,
                            TimeUnit.NANOSECONDS);
        }
    }

    private void drain() {
        draining = false;
        try {
            long bytes = 0;
            while (!queued.isEmpty() && mayDo(queued.first()) && bytes < TURN_BYTES) {
                QueuedRequests.Queued next = queued.remove();
                bytes += next.request().bytes();
                Call call = carryOutOrRefuse(next.request());
                if (next.cancelled()) {
                    call.cancel();
                }
            }
        } finally { // a failure is that of one request
            draining = !queued.isEmpty() && mayDo(queued.first());
            if (draining) {
                services.tasks().executeNextTurn(this::drain);
            } else {
                planDrain(); // it waits for room
            }
        }
        readOn();
    }

    /**
     * Reads from the client while it reads its answers, and few requests are in the queue; what is
     * read may let them go on. Otherwise its requests wait in its socket.
     *
     * <p>If the queue is full, and no answer more may be kept, only a confirmation can let it go
     * on. A client sends that before its other requests, but behind the message that it is writing,
     * so one message more is read. If there is no confirmation behind it, the client is cut off: it
     * connects again, and says by that which answers it has.
     */
    private void readOn() {
        Channel current = channel;
        if (current == null) {
            return;
        }
        boolean muchQueued = isMuchQueued();
        boolean stuck =
                muchQueued
                        && current.isWritable()
                        && kept.bytes() + KeptAnswers.cost(SMALL_BYTES) > ServerBounds.FREE_BYTES
                        && !queued.isEmpty()
                        && !hasRoomForAnswer(queued.first());
        stuckAt = !stuck ? 0 : stuckAt > 0 ? stuckAt : queued.bytes();
        if (stuck && !mayReadConfirmation()) {
            cutOff("it does not confirm its answers: bytes=" + kept.bytes());
            return;
        }
        ReadPause.STREAM.set(current, !current.isWritable() || (muchQueued && !stuck));
    }

    private boolean mayReadConfirmation() {
        ServerBounds bounds = services.bounds();
        long grown = queued.bytes() - stuckAt;
        boolean littleQueued = services.stats().queuedBytes() <= 2 * bounds.allQueuedBytes();
        return grown <= (littleQueued ? bounds.requestBytes() + SOCKET_BYTES : READ_BYTES);
    }

    /** The client has read some of its answers, or has left many unread. */
    void writabilityChanged() {
        planDrain();
        readOn();
    }

    /** Carries out a request that is in the queue no more, if there is room for its answer. */
    private Call carryOutOrRefuse(ReceivedRequest received) {
        lastSeq = received.seq();
        boolean room = hasRoomForAnswer(received);
        if (queued.isEmpty()
                || (waitingSince != 0
                        && room
                        && (mayKeep(services.bounds().maxFrameBytes())
                                || answerBytes(received) > SMALL_BYTES))) {
            waitingSince = 0;
        }
        Call call = new Call(this, received.request(), received.bytes());
        if (!room) {
            call.fail(noRoom());
        } else if (received.refusal() != null) {
            call.refuse(received.refusal());
        } else if (Requests.isPrompt(received.request()) || parkedBytes.mayAdd(received.bytes())) {
            services.executor().accept(call);
        } else {
            call.fail(parkedBytes.refusal());
        }
        return call;
    }

    /**
     * Withdraws a request whose caller has given up: it is not carried out, or is undone. The
     * answer to that comes at once, and again if the client asks again.
     */
    public void withdraw(long seq) {
        if (ended) {
            return;
        }
        if (kept.count() >= 2 * MAX_KEPT) { // no client that confirms leaves so many
            cutOff("it does not confirm its answers: count=" + kept.count());
            return;
        }
        if (queued.remove(seq)) {
            waitingSince = 0; // the next one has not waited
            planDrain();
        }
        readOn();
        Call call = parked.get(seq);
        if (call != null) {
            call.withdraw();
        } else {
            kept.undo(seq);
        }
        keep(Response.newBuilder().setSeq(seq).setStatus(Status.WITHDRAWN).build(), null);
    }

    /** Takes back no more what a request was granted: its client has given that back itself. */
    public void forgetGrant(long seq) {
        kept.forgetGrant(seq);
    }

    /** Ends the wait of a request, also of one that has yet to begin. */
    void cancel(long seq) {
        Call call = parked.get(seq);
        if (call != null) {
            call.cancel();
        } else {
            queued.cancel(seq);
        }
    }

    void park(Call call) {
        parked.put(call.request().getSeq(), call);
        parkedBytes.add(call.bytes());
    }

    void unpark(Call call) {
        parked.remove(call.request().getSeq());
        parkedBytes.remove(call.bytes());
    }

    void answer(Call call, Response whole) {
        boolean grants = Requests.isGrant(call.request());
        keep(grants ? whole : bounded(whole), grants ? call : null);
    }

    /** Sends an answer, and keeps it until it is confirmed. */
    private void keep(Response response, @Nullable Call call) {
        kept.add(response, call);
        send(FrameKind.RESPONSE, response);
    }

    /**
     * Replaces an answer that is too large, for a message or for what may be kept. Only users' own
     * objects give such answers; all others go by pages, or are asked for when there is room.
     */
    private Response bounded(Response response) {
        int bytes = response.getSerializedSize();
        int limit = services.bounds().maxFrameBytes();
        if (bytes > limit) {
            return tooLarge(
                    response,
                    "the answer is larger than a message may be: bytes="
                            + bytes
                            + ", limit="
                            + limit);
        }
        return hasRoomFor(bytes) ? response : tooLarge(response, noRoom());
    }

    private static Response tooLarge(Response response, String why) {
        return Response.newBuilder()
                .setSeq(response.getSeq())
                .setStatus(Status.FAILED)
                .setText(why + "; the request was carried out")
                .build();
    }

    /** Whether events are worth making; those that are dropped are not. */
    public boolean takesEvents() {
        return channel != null && !events.isMissing();
    }

    /** Sends an event, or tells the client later that it has missed some. */
    public void send(Event event) {
        Channel current = channel;
        if (current != null) {
            events.send(current, event);
        }
    }

    private void send(FrameKind kind, Response answer) {
        Channel current = channel;
        if (current != null) {
            services.writer().write(current, kind, answer, current.voidPromise());
        }
    }

    private void cutOff(String why) {
        Channel current = channel;
        if (current != null && current.isOpen()) { // more frames of the last read may come
            LOG.report(
                    Level.WARNING, "a client was cut off: pid=" + client.pid() + ", " + why, null);
            ChannelFuture unused = current.close();
        }
    }

    /** Ends the stream of a dead client. */
    void end() {
        ended = true;
        List<Call> calls = new ArrayList<>(parked.values());
        calls.forEach(Call::forget);
        disconnect();
    }

    private void disconnect() {
        kept.clear();
        queued.clear();
        whenRoom.clear();
        services.answerRoom().forget(whenRoomCame);
        Channel current = channel;
        channel = null;
        if (current != null) {
            ChannelFuture unused = current.close();
        }
    }
}
