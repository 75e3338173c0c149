package dev.procession.manager.client;

import dev.procession.core.wire.ProtocolException;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * A lane for one call at a time: the caller writes its request and blocks reading the answer, so
 * nothing hops between threads.
 *
 * <p>The connection below may break at any time: it does so whenever the caller is interrupted, for
 * the JDK closes the channel of an interrupted thread. Then it is made again, and the same request
 * is sent under the same number; the server answers it without doing it twice. An interrupted
 * caller who wants to know asks the server to stop waiting, and takes whichever answer comes: what
 * was granted meanwhile is not lost.
 */
final class SyncLane {

    /** From here on the server does not keep an answer until the lane is used again. */
    private static final int LARGE_BYTES = 1 << 16;

    private final ManagerClient client;
    private final long number;
    private volatile @Nullable Wire wire;
    private long seq;

    SyncLane(ManagerClient client, long number) {
        this.client = client;
        this.number = number;
    }

    /**
     * Sends a request and blocks for its answer. Interrupts are kept for later; with {@code
     * interruptibly} one makes the server stop waiting, and the answer says so.
     */
    Response call(Request.Builder builder, boolean interruptibly) {
        boolean interrupted = Thread.interrupted();
        builder.setReceived(seq);
        Request request = builder.setSeq(++seq).build();
        boolean cancel = interrupted && interruptibly;
        Wire sentBy = null;
        try {
            while (true) {
                try {
                    Wire current = connected(request);
                    requireSameServer(sentBy, current);
                    current.write(FrameKind.REQUEST, request);
                    sentBy = current;
                    if (cancel) {
                        current.write(FrameKind.REQUEST, cancellation());
                    }
                    Response response = answer(current);
                    if (response.getStatus() == Status.CANCELLED) {
                        interrupted = false; // the answer says it now
                    }
                    confirm(current, response);
                    return response;
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                    Thread.interrupted();
                    cancel = interruptibly;
                    drop();
                } catch (ProtocolException e) {
                    drop();
                    throw new ManagerException("the manager's server makes no sense", e);
                } catch (Error e) {
                    drop(); // no memory, say: nobody knows where in a frame the connection stands
                    throw e;
                } catch (IOException e) {
                    drop(); // a connection broke; only the dialer can tell what that means
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Has the server drop a large answer; a small one waits for the lane's next request. */
    private void confirm(Wire current, Response response) {
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

    private Wire connected(Request request) throws IOException {
        client.requireOpen();
        Wire current = wire;
        if (current == null) {
            current = client.dial(number);
            current.lookFirst();
            wire = current;
        }
        client.requireFits(request, current.maxBytes());
        return current;
    }

    private void requireSameServer(@Nullable Wire before, Wire now) {
        if (before != null && before.incarnation() != now.incarnation()) {
            throw new ManagerUnavailableException(
                    "the manager's server died during the call, and another has taken its place",
                    client.address().directory(),
                    null);
        }
    }

    private Request cancellation() {
        return Request.newBuilder().setOperation(Operation.CANCEL).setNumber(seq).build();
    }

    private Response answer(Wire current) throws IOException {
        while (true) {
            ByteBuffer payload = current.read();
            if (current.kind() == FrameKind.REFUSED) {
                throw Dialer.refusal(payload);
            }
            if (current.kind() != FrameKind.RESPONSE) {
                throw new ProtocolException("unexpected from the server: " + current.kind());
            }
            Response response = Response.parseFrom(payload);
            if (response.getSeq() == seq) {
                return response;
            }
        }
    }

    /** Tells the server that this lane is over, if it listens. */
    void close(Operation farewell) {
        Wire current = wire;
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
        Wire current = wire;
        wire = null;
        if (current != null) {
            current.close();
        }
    }
}
