package dev.procession.manager.client;

import dev.procession.core.log.Log;
import dev.procession.manager.client.PendingCalls.Call;
import dev.procession.manager.proto.Request;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * Writes a pipeline's requests. Any thread may write, one at a time. It writes the requests of the
 * others too, so that none of them waits.
 */
final class PipelineWriter {

    private static final Log LOG = Log.of(PipelineWriter.class);

    private final PipelineState state;
    private final PendingCalls calls;
    private final Deliveries deliveries;

    /** The connection takes no more now; the thread waits until it does. */
    private volatile boolean stuck;

    PipelineWriter(PipelineState state, PendingCalls calls, Deliveries deliveries) {
        this.state = state;
        this.calls = calls;
        this.deliveries = deliveries;
    }

    boolean isStuck() {
        return stuck;
    }

    /** A connection was made, to which nothing is written yet. */
    void begin() {
        stuck = false;
    }

    /** Writes the unsent requests, unless another thread does; that one then writes all. */
    void send() {
        NonBlockingConnection current = state.connection();
        while (current != null
                && !stuck
                && (calls.hasUnsent() || calls.hasToConfirm())
                && current.writing.tryLock()) {
            try {
                if (state.connection() == current) {
                    write(current);
                }
            } catch (IOException e) {
                state.broken(current);
            } catch (Throwable e) { // for example no memory; a call may count as sent that was not
                state.broken(current);
                if (state.isThread()) {
                    throw e; // it would send all again, which fails as well: the calls fail
                }
                LOG.report(
                        Level.WARNING, "writing requests failed; the connection is made again", e);
                return;
            } finally {
                current.writing.unlock();
            }
            current = state.connection();
        }
    }

    private void write(NonBlockingConnection current) throws IOException {
        Call call;
        boolean taken = true;
        while (taken && (call = calls.next()) != null) {
            Request request = call.request();
            try {
                Frames.requireFits(request, current.maxBytes());
            } catch (IllegalArgumentException tooLarge) {
                refuse(call, tooLarge);
                continue;
            }
            taken = current.append(FrameKind.REQUEST, request);
            if (!taken) {
                calls.putBack(call);
            }
        }
        if (taken
                && calls.hasToConfirm()
                && !current.append(FrameKind.REQUEST, calls.confirmation())) {
            calls.notConfirmed();
        }
        if (!current.flush()) {
            stuck = true;
            state.wake(); // the thread, to wait until the connection takes more
        }
    }

    private void refuse(Call call, RuntimeException reason) {
        calls.notConfirmed();
        if (calls.take(call.request().getSeq()) != null) {
            deliveries.add(() -> call.reply().fail(reason));
            state.wake(); // the thread, for no action may run under the writer's lock
            if (state.isClosed()) {
                deliveries.deliver(); // the thread may have ended; the action's calls are refused
            }
        }
    }

    /** Writes the rest of what the connection did not take at once, if it takes more now. */
    void sendRest(NonBlockingConnection current) {
        current.writing.lock(); // its holder does not block
        try {
            stuck = !current.flush();
        } catch (IOException e) {
            state.broken(current);
        } finally {
            current.writing.unlock();
        }
        send();
    }
}
