package dev.procession.manager.client;

import dev.procession.core.link.ProtocolException;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream for one call at a time: the caller writes its request and blocks reading the answer, so
 * nothing hops between threads.
 *
 * <p>The connection below may break at any time: it does so whenever the caller is interrupted, for
 * the JDK closes the channel of an interrupted thread. Then it is made again, and the same request
 * is sent under the same number; the server answers it without doing it twice. An interrupted
 * caller who wants to know asks the server to stop waiting, and takes whichever answer comes: what
 * was granted meanwhile is not lost.
 *
 * <p>A server that stands still answers neither. So a call with a limit of time, or with an
 * interrupted caller, ends by this process's clock as well, a little later. A request that has no
 * answer when its call ends, for whatever reason, makes the stream {@linkplain #isAbandoned
 * abandoned}: it is used no more, but to withdraw that request.
 */
final class SyncStream {

    /** From here on the server does not keep an answer until the stream is used again. */
    private static final int LARGE_BYTES = 1 << 16;

    /** How long a withdrawal waits before it is sent by another connection. */
    private static final long WITHDRAW_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What a server may take to answer when the time is over, or after an interrupt. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    private final ServerAccess access;
    private final long number;
    private volatile @Nullable BlockingConnection connection;
    private long seq;

    /** The last request may have reached the server and has no answer. */
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

    /** Whether the last call ended without an answer: then this stream is only to withdraw it. */
    boolean isAbandoned() {
        return unanswered;
    }

    /** What waits for so many nanoseconds at most; elsewhere they may be a time to live. */
    private static final Set<Operation> WAITING =
            EnumSet.of(
                    Operation.OFFER,
                    Operation.POLL,
                    Operation.LEASE,
                    Operation.ACQUIRE,
                    Operation.ACQUIRE_PERMITS,
                    Operation.EVENT_AWAIT,
                    Operation.BARRIER_AWAIT);

    /** One request, sent until it has an answer or its caller gives up. */
    private final class Attempt {
        private final Request request;
        private final boolean interruptibly;

        /** Who waits for a condition cannot go on without its lock. */
        private final boolean mayGiveUp;

        /**
         * When the call ends whatever the server does. The server keeps time as well and answers;
         * this is for one that stands still, so it is a little later.
         */
        private Timeout timeout = Timeout.NEVER;

        private boolean interrupted = Thread.interrupted();
        private boolean cancel;
        private @Nullable BlockingConnection sentBy;

        Attempt(Request request, boolean interruptibly) {
            this.request = request;
            this.interruptibly = interruptibly;
            this.mayGiveUp = request.getOperation() != Operation.AWAIT;
            if (WAITING.contains(request.getOperation()) && request.getNanos() > 0) {
                timeout =
                        Timeout.ofNanos(
                                Math.min(request.getNanos(), Timeout.FOREVER - GRACE_NANOS)
                                        + GRACE_NANOS);
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

        /** Sends it and waits; null if the connection broke and it is to be sent again. */
        @Nullable Response once() {
            try {
                Response response = exchange();
                unanswered = false;
                if (response.getStatus() == Status.CANCELLED) {
                    interrupted = false; // the answer says it now
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
                drop(); // no memory, say: nobody knows where in a frame the connection stands
                throw e;
            } catch (IOException e) {
                drop(); // a connection broke; only the dialer can tell what that means
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
                sentBy = current; // it may have been written whole; a connection that broke took
                // less
                throw e;
            }
            if (cancel) {
                current.write(FrameKind.REQUEST, cancellation());
            }
            Response response = answer(current);
            confirm(current, response);
            return response;
        }

        /** What the server would have said if it had answered. */
        private Response givenUp() {
            if (cancel) {
                interrupted = false; // the answer says it
            }
            return Response.newBuilder()
                    .setStatus(cancel ? Status.CANCELLED : Status.TIMED_OUT)
                    .build();
        }
    }

    /**
     * Takes back the request that has no answer.
     *
     * @throws IOException if the connection broke; the server may not know
     */
    void withdraw() throws IOException {
        long abandoned = seq;
        try {
            drop(); // its answer may be on the way, or the request not written whole
            BlockingConnection current = connected(Request.getDefaultInstance(), Timeout.NEVER);
            current.write(
                    FrameKind.REQUEST,
                    Request.newBuilder()
                            .setOperation(Operation.WITHDRAW)
                            .setNumber(abandoned)
                            .build());
            current.limit(Timeout.ofNanos(WITHDRAW_NANOS));
            Request question =
                    Request.newBuilder()
                            .setOperation(Operation.STATS)
                            .setSeq(abandoned + 1)
                            .setReceived(abandoned) // or it waits until a large answer is confirmed
                            .build();
            current.write(FrameKind.REQUEST, question);
            while (response(current).getSeq() != question.getSeq()) {
                // An answer from before.
            }
        } catch (IOException | RuntimeException e) {
            drop();
            throw e;
        }
    }

    /** Has the server drop a large answer; a small one waits for the stream's next request. */
    private void confirm(BlockingConnection current, Response response) {
        if (response.getSerializedSize() > LARGE_BYTES) {
            try {
                current.write(
                        FrameKind.REQUEST,
                        Request.newBuilder()
                                .setOperation(Operation.RECEIVED)
                                .setReceived(seq)
                                .build());
            } catch (IOException e) {
                drop(); // the next request says it
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
        return Request.newBuilder().setOperation(Operation.CANCEL).setNumber(seq).build();
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

    /** Tells the server that this stream is over, if it listens. */
    void close(Operation farewell) {
        BlockingConnection current = connection;
        if (current != null) {
            try {
                current.write(
                        FrameKind.REQUEST, Request.newBuilder().setOperation(farewell).build());
            } catch (IOException e) {
                // The server is gone, or will find out that this client is.
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
