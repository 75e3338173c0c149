package dev.procession.manager.client;

import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import dev.procession.manager.ManagerException;
import dev.procession.manager.client.PendingCalls.Call;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/** Reads a pipeline's answers and events. Any thread may read, one at a time. */
final class PipelineReader {

    private static final Log LOG = Log.of(PipelineReader.class);

    private final PipelineState state;
    private final PendingCalls calls;
    private final Watches watches;
    private final Deliveries deliveries;
    private final PipelineWriter writer;

    PipelineReader(
            PipelineState state,
            PendingCalls calls,
            Watches watches,
            Deliveries deliveries,
            PipelineWriter writer) {
        this.state = state;
        this.calls = calls;
        this.watches = watches;
        this.deliveries = deliveries;
        this.writer = writer;
    }

    /**
     * Reads the bytes that have arrived, delivers the answers, and writes the requests that waited
     * for an answer.
     *
     * @return false if nothing has arrived, or another thread reads
     */
    boolean poll(NonBlockingConnection current) {
        if (!current.reading.tryLock()) {
            return false;
        }
        try {
            if (!current.receive()) {
                return false;
            }
            take(current);
        } catch (IOException e) {
            if (e instanceof ProtocolException) {
                LOG.report(Level.WARNING, "protocol error from the manager's server", e);
            }
            state.broken(current);
        } catch (Throwable e) { // for example no memory; the position in the stream is unknown
            LOG.report(Level.WARNING, "reading answers failed; the connection is made again", e);
            state.broken(current);
        } finally {
            current.reading.unlock();
        }
        deliveries.deliver();
        writer.send();
        return true;
    }

    private void take(NonBlockingConnection current) throws IOException {
        while (true) {
            try {
                ByteBuffer payload = current.next();
                if (payload == null) {
                    return;
                }
                take(current.kind(), payload);
            } catch (NonBlockingConnection.TooLargeException e) {
                if (current.kind() == FrameKind.EVENT) {
                    watches.missed();
                } else {
                    failed(e.seq(), e.bytes(), e);
                }
            }
        }
    }

    private void take(FrameKind kind, ByteBuffer payload) throws IOException {
        switch (kind) {
            case RESPONSE -> {
                int bytes = payload.remaining();
                Response answer;
                try {
                    answer = Response.parseFrom(payload);
                } catch (OutOfMemoryError e) {
                    failed(NonBlockingConnection.seq(payload.rewind()), bytes, e);
                    return;
                }
                take(answer, bytes);
            }
            case EVENT -> watches.handOn(Event.parseFrom(payload));
            case REFUSED -> throw Dialer.refusal(payload);
            default -> throw new ProtocolException("unexpected: " + kind);
        }
    }

    /** This process has no memory for an answer; its call fails, and no other. */
    private void failed(long seq, long bytes, Throwable cause) {
        Call call = calls.answered(seq, bytes);
        if (call != null) {
            deliveries.add(
                    () ->
                            call.reply()
                                    .fail(
                                            new ManagerException(
                                                    "this process has no memory for the answer",
                                                    cause)));
        }
    }

    private void take(Response answer, long bytes) {
        Call call = calls.answered(answer.getSeq(), bytes);
        if (call != null) {
            deliveries.add(() -> call.reply().answered(answer));
        }
    }
}
