package dev.procession.manager.client;

import dev.procession.core.link.ProtocolException;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.proto.Cancel;
import dev.procession.manager.proto.Received;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Stats;
import dev.procession.manager.proto.Status;
import dev.procession.manager.proto.StreamRequest;
import dev.procession.manager.proto.Withdraw;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Requests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request stream for one call at a time: the caller writes its request and blocks reading the
 * answer, so that nothing hops between threads.
 *
 * <p>The connection may break at any time, and does so whenever the caller is interrupted, because
 * the JDK closes the channel of an interrupted thread. Then another one is made, and the same
 * request is sent under the same number; the server answers it without doing it twice. An
 * interruptible call asks the server to stop waiting, and returns whichever answer comes: what was
 * granted meanwhile is not lost.
 *
 * <p>A server that stands still answers neither request. So a call with a time limit, or with an
 * interrupted caller, ends by this process's clock as well, a little later. A request without an
 * answer when its call ends, for whatever reason, makes the stream {@linkplain #isAbandoned
 * abandoned}: it is only used to withdraw that request.
 */
final class SyncStream {

    /** A larger answer is confirmed at once; the server does not keep it until the next request. */
    private static final int LARGE_BYTES = 1 << 16;

    /** How long a withdrawal waits for its confirmation on one connection. */
    private static final long WITHDRAW_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How long a server may take to answer when the time is over, or after an interrupt. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    private final ServerAccess access;
    private final long number;
    private volatile @Nullable BlockingConnection connection;
    private long seq;

    /** The last request may have reached the server, and has no answer. */
    private boolean unanswered;

    SyncStream(ServerAccess access, long number) {
        this.access = access;
        this.number = number;
    }

    /**
     * Sends a request and blocks for its answer. Interrupts are kept for later; with {@code
     * interruptibly} one makes the server stop waiting, and the answer says so.
     */
    Response call(Request.Builder builder, boolean interruptibly) {
        builder.setReceived(seq);
        Request request = builder.setSeq(++seq).build();
        Attempt attempt = new Attempt(request, interruptibly);
        try {
            while (true) {
                Response response = attempt.once();
                if (response != null) {
                    return response;
                }
            }
        } finally {
            if (attempt.interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Whether the last call ended without an answer: then this stream is only used to withdraw it.
     */
    boolean isAbandoned() {
        return unanswered;
    }

    /** One request, sent until it has an answer or its caller gives up. */
    private final class Attempt {
        private final Request request;
        private final boolean interruptibly;

        /** False for the wait for a condition: its caller cannot go on without its lock. */
        private final boolean mayGiveUp;

        /**
         * When the call ends whatever the server does. It is a little later than the server's own
         * limit, and serves for a server that stands still.
         */
        private Timeout timeout = Timeout.NEVER;

        private boolean interrupted = Thread.interrupted();
        private boolean cancel;
        private @Nullable BlockingConnection sentBy;

        Attempt(Request request, boolean interruptibly) {
            this.request = request;
            this.interruptibly = interruptibly;
            this.mayGiveUp = Requests.mayGiveUp(request);
            long waitNanos = Requests.waitNanos(request);
            if (mayGiveUp && waitNanos > 0) {
                timeout =
                        Timeout.ofNanos(
                                Math.min(waitNanos, Timeout.FOREVER - GRACE_NANOS) + GRACE_NANOS);
            }
            if (interrupted) {
                wasInterrupted();
            }
        }

        private void wasInterrupted() {
            interrupted = true;
            if (interruptibly && !cancel) {
                cancel = true;
                if (mayGiveUp) {
                    timeout = timeout.atMost(GRACE_NANOS);
                }
            }
        }

        /**
         * Sends the request and waits; returns null if the connection broke and it has to be sent
         * again.
         */
        @Nullable Response once() {
            try {
                Response response = exchange();
                unanswered = false;
                if (response.getStatus() == Status.CANCELLED) {
                    interrupted = false; // the answer's status says it now
                }
                return response;
            } catch (ClosedByInterruptException e) {
                boolean unused = Thread.interrupted();
                drop();
                wasInterrupted();
            } catch (ProtocolException e) {
                drop();
                throw new ManagerException(
                        "protocol error from the manager's server: " + e.getMessage(), e);
            } catch (Error e) {
                drop(); // for example no memory: the position in a frame is unknown
                throw e;
            } catch (IOException e) {
                drop(); // the connection broke; the dialer finds out whether the server is dead
            }
            return timeout.isOver() ? givenUp() : null;
        }

        private Response exchange() throws IOException {
            BlockingConnection current = connected(request, timeout);
            requireSameServer(sentBy, current);
            unanswered = true;
            try {
                current.write(FrameKind.REQUEST, request);
                sentBy = current;
            } catch (AsynchronousCloseException e) {
                // Unlike on a connection that broke, it may have been written completely.
                sentBy = current;
                throw e;
            }
            if (cancel) {
                current.write(FrameKind.REQUEST, cancellation());
            }
            Response response = answer(current);
            confirm(current, response);
            return response;
        }

        /** Returns the answer that the server would have given. */
        private Response givenUp() {
            if (cancel) {
                interrupted = false; // the answer's status says it
            }
            return Response.newBuilder()
                    .setStatus(cancel ? Status.CANCELLED : Status.TIMED_OUT)
                    .build();
        }
    }

    /**
     * Withdraws the request that has no answer.
     *
     * @throws IOException if the connection broke; the server may not have got the withdrawal
     */
    void withdraw() throws IOException {
        long abandoned = seq;
        try {
            drop(); // its answer may be on the way, or the request half written
            BlockingConnection current = connected(Request.getDefaultInstance(), Timeout.NEVER);
            current.write(
                    FrameKind.REQUEST,
                    Request.newBuilder()
                            .setStream(
                                    StreamRequest.newBuilder()
                                            .setWithdraw(Withdraw.newBuilder().setSeq(abandoned)))
                            .build());
            current.limit(Timeout.ofNanos(WITHDRAW_NANOS));
            Request question =
                    Request.newBuilder()
                            .setStats(Stats.getDefaultInstance())
                            .setSeq(abandoned + 1)
                            .setReceived(abandoned) // or it waits, if the answer was large
                            .build();
            current.write(FrameKind.REQUEST, question);
            while (response(current).getSeq() != question.getSeq()) {
                // It answers an earlier request.
            }
        } catch (IOException | RuntimeException e) {
            drop();
            throw e;
        }
    }

    /**
     * Confirms a large answer, so that the server drops it; the next request confirms a small one.
     */
    private void confirm(BlockingConnection current, Response response) {
        if (response.getSerializedSize() > LARGE_BYTES) {
            try {
                current.write(
                        FrameKind.REQUEST,
                        Request.newBuilder()
                                .setStream(
                                        StreamRequest.newBuilder()
                                                .setOnlyReceived(Received.getDefaultInstance()))
                                .setReceived(seq)
                                .build());
            } catch (IOException e) {
                drop(); // the next request confirms it
            }
        }
    }

    private BlockingConnection connected(Request request, Timeout timeout) throws IOException {
        access.requireOpen();
        BlockingConnection current = connection;
        if (current == null) {
            current = access.dial(number, timeout);
            current.spinFirst();
            connection = current;
        }
        current.limit(timeout);
        Frames.requireFits(request, current.maxBytes());
        return current;
    }

    private void requireSameServer(@Nullable BlockingConnection before, BlockingConnection now) {
        if (before != null && before.incarnation() != now.incarnation()) {
            throw new ManagerUnavailableException(
                    "the manager's server died during the call, and another has taken its place",
                    access.address().directory(),
                    null);
        }
    }

    private Request cancellation() {
        return Request.newBuilder()
                .setStream(StreamRequest.newBuilder().setCancel(Cancel.newBuilder().setSeq(seq)))
                .build();
    }

    private Response answer(BlockingConnection current) throws IOException {
        Response response = response(current);
        while (response.getSeq() != seq) {
            response = response(current);
        }
        return response;
    }

    private static Response response(BlockingConnection current) throws IOException {
        ByteBuffer payload = current.read();
        if (current.kind() == FrameKind.REFUSED) {
            throw Dialer.refusal(payload);
        }
        if (current.kind() != FrameKind.RESPONSE) {
            throw new ProtocolException("unexpected from the server: " + current.kind());
        }
        return Response.parseFrom(payload);
    }

    /** Closes the stream, and tells the server if it can be reached. */
    void close(Request farewell) {
        BlockingConnection current = connection;
        if (current != null) {
            try {
                current.write(FrameKind.REQUEST, farewell);
            } catch (IOException e) {
                // The server has ended, or will find out that the connection has.
            }
            drop();
        }
    }

    /** Breaks the connection; a call under way makes another. */
    void drop() {
        BlockingConnection current = connection;
        connection = null;
        if (current != null) {
            current.close();
        }
    }
}
