package dev.procession.manager.client;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Unconfirmed;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends requests and receives answers over the one connection of a client. Any thread may do both,
 * one at a time each; a thread that writes writes the requests of all, and a thread that reads
 * reads the answers of all.
 *
 * <p>A call is decided under the lock of {@link PendingCalls}, and handed over after all locks are
 * released. Calls of blocked threads are handed over at once. What completes futures runs the
 * user's code: the {@link Deliveries} keep it for a thread that waits for a future, or for the
 * client's thread.
 */
final class Exchange {

    private static final Log LOG = Log.of(Exchange.class);

    /** Answers are confirmed after so long at the latest while a call waits. */
    private static final long CONFIRM_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final PendingCalls calls;
    private final Watches watches;
    private final Deliveries deliveries;
    private final ReaderTurns turns;

    Exchange(PendingCalls calls, Watches watches, Deliveries deliveries, ReaderTurns turns) {
        this.calls = calls;
        this.watches = watches;
        this.deliveries = deliveries;
        this.turns = turns;
    }

    /** Writes what was appended, unless another thread does; that one then writes all. */
    void flush() {
        ServerConnection current = calls.connection();
        while (current != null
                && calls.hasUnwritten()
                && !current.isFull()
                && !current.isBroken()
                && current.writing.tryLock()) {
            try {
                write(current);
            } finally {
                current.writing.unlock();
            }
            current = calls.connection();
        }
    }

    private void write(ServerConnection current) {
        try {
            if (!current.write(done -> calls.nextToWrite(current, done))) {
                turns.wakeReader(); // it waits for room, too
            }
        } catch (IOException e) {
            broken(current);
        } catch (Throwable e) { // for example no memory
            broken(current);
            LOG.report(Level.WARNING, "writing requests failed; the connection is made again", e);
        }
    }

    /** A connection is broken: the client's thread makes another. */
    void broken(ServerConnection which) {
        which.failed();
        turns.wakeReader();
        turns.wakeThread();
    }

    /**
     * Reads once what has arrived, hands over the answers to blocked threads, and writes the
     * requests that waited for an answer. The client's thread completes futures.
     *
     * @return false if nothing has arrived, or another thread reads
     */
    boolean poll() {
        return poll(true);
    }

    /** Like {@link #poll}, for a thread that completes futures itself next. */
    boolean pollAndDeliverNext() {
        return poll(false);
    }

    private boolean poll(boolean wakeDeliverer) {
        ServerConnection current = calls.connection();
        if (current == null || current.reading.isLocked()) {
            return false;
        }
        EndedCalls ended = new EndedCalls(); // before the lock, as there may be no memory for it
        if (!current.reading.tryLock()) {
            return false;
        }
        boolean read;
        try {
            read = receive(current, ended);
        } finally {
            current.reading.unlock();
            handOver(ended, wakeDeliverer); // whatever has failed: their callers wait for it
        }
        if (read) {
            flush();
        }
        return read;
    }

    /**
     * Waits in the selector until there is something to read, or to write; for the leader. The
     * server may have no room for the next answer before those that came are confirmed.
     */
    void select(ServerConnection current, Timeout limit) {
        try {
            if (calls.isHoldingBack(false)) {
                long start = System.nanoTime();
                turns.select(current, limit.atMost(CONFIRM_NANOS));
                boolean unused = calls.isHoldingBack(System.nanoTime() - start >= CONFIRM_NANOS);
            } else {
                turns.select(current, limit);
            }
        } catch (IOException | RuntimeException e) {
            LOG.report(
                    Level.WARNING, "waiting for answers failed; the connection is made again", e);
            broken(current);
        }
        flush();
    }

    /**
     * Reads all that is there of a broken connection, and closes it. Its answers count; one that
     * another thread read afterwards would count twice, as the next connection repeats it.
     */
    void readRestAndClose(ServerConnection broken) {
        EndedCalls ended = new EndedCalls();
        broken.reading.lock(); // its holder does not block
        try {
            boolean more = true;
            while (more) {
                more = receive(broken, ended);
            }
        } finally {
            broken.close();
            broken.reading.unlock();
            handOver(ended);
        }
    }

    private boolean receive(ServerConnection current, EndedCalls ended) {
        try {
            if (!current.receive()) {
                return false;
            }
            take(current, ended);
            return true;
        } catch (IOException e) {
            if (e instanceof ProtocolException protocol) {
                current.noteProtocolError(protocol);
            } else if (e instanceof InvalidProtocolBufferException) {
                current.noteProtocolError(new ProtocolException("no message can be read", e));
            }
            broken(current);
        } catch (Throwable e) { // for example no memory; the position in the stream is unknown
            current.close();
            broken(current);
            LOG.report(Level.WARNING, "reading answers failed; the connection is made again", e);
        }
        return false;
    }

    /** Hands over calls that have ended. */
    void handOver(EndedCalls ended) {
        handOver(ended, true);
    }

    private void handOver(EndedCalls ended, boolean wakeDeliverer) {
        boolean queued = false;
        for (PendingCall call = ended.poll(); call != null; call = ended.poll()) {
            if (call.runsActions()) {
                deliveries.add(call);
                queued = true;
            } else {
                call.handOver();
                turns.wakeLeader(call);
            }
        }
        if (queued && wakeDeliverer) {
            turns.wakeThread();
        }
        deliveries.deliverIfThreadEnded();
    }

    private void take(ServerConnection current, EndedCalls ended) throws IOException {
        while (true) {
            try {
                ByteBuffer payload = current.next();
                if (payload == null) {
                    return;
                }
                take(current, payload, ended);
            } catch (ServerConnection.TooLargeException e) {
                if (current.kind() == FrameKind.EVENT) {
                    watches.missed();
                } else {
                    withoutMemory(e.seq(), e.bytes(), e, ended);
                }
            }
        }
    }

    private void take(ServerConnection current, ByteBuffer payload, EndedCalls ended)
            throws IOException {
        switch (current.kind()) {
            case RESPONSE -> {
                int bytes = payload.remaining();
                Answer answer;
                try {
                    answer = new Answer(Response.parseFrom(payload), current.session());
                } catch (OutOfMemoryError e) {
                    withoutMemory(ServerConnection.seq(payload.rewind()), bytes, e, ended);
                    return;
                }
                Response response = answer.response();
                long values = (long) response.getKeysCount() + response.getValuesCount();
                PendingCall call =
                        calls.answered(
                                response.getSeq(),
                                response.getStatus(),
                                bytes + Unconfirmed.VALUE_BYTES * values);
                if (call != null) {
                    call.endWith(answer);
                    ended.add(call);
                }
            }
            case EVENT -> watches.handOn(Event.parseFrom(payload));
            case REFUSED -> throw Dialer.refusal(payload);
            default -> throw new ProtocolException("unexpected: " + current.kind());
        }
    }

    /**
     * This process has no memory for an answer: its call fails, and no other. It is withdrawn, so
     * that what the server has granted goes back.
     */
    private void withoutMemory(long seq, long bytes, Throwable cause, EndedCalls ended) {
        Supplier<RuntimeException> reason = // first, as there may be no memory for it
                () ->
                        new ManagerException(
                                "this process has no memory for the answer; what that grants goes"
                                        + " back, another change stays: bytes="
                                        + bytes,
                                cause);
        PendingCall call = calls.unreadable(seq, bytes);
        if (call != null) {
            call.endWith(reason);
            ended.add(call);
        }
    }
}
