package dev.procession.pipe;

import dev.procession.core.lane.MessageEnd;
import dev.procession.core.lane.PeerState;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sending side of a connection. A sender holds the lock also while it waits for room, so that
 * messages stay whole and threads send one after the other. Thread-safe.
 *
 * <p>A large message is sent in chunks while the receiver reads. If the receiver stalls, the rest
 * goes to a spill file, if the end has any: the sender does not wait for a receiver that reads
 * later.
 */
final class Outbox {

    /**
     * How long to wait for the receiver of a chunk before the rest goes to a spill file. Doubled
     * each time that fails.
     */
    private static final long STALL_NANOS = 2_000_000;

    private static final long MAX_STALL_NANOS = 100_000_000;

    /** The longest rest that goes to a spill file. */
    private static final int MAX_SPILL_BYTES = 64 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final MessageEnd end;
    private final long maxBytes;

    Outbox(MessageEnd end, long maxBytes) {
        this.end = end;
        this.maxBytes = maxBytes;
    }

    ReentrantLock lock() {
        return lock;
    }

    private void checkLength(long bytes) {
        if (bytes > maxBytes) {
            throw new MessageSizeException(
                    "the message is longer than this connection allows", bytes, maxBytes);
        }
    }

    /**
     * Sends an encoded object, inside which ends may move; false if the time was over before, and
     * nothing was sent.
     */
    boolean send(byte[] object, long nanos, Transfers.Ends ends) throws InterruptedException {
        return (ends.moves().isEmpty() && sendNow(object))
                || send(MessageKind.OBJECT, ByteBuffer.wrap(object), nanos, ends);
    }

    /**
     * Sends the common case: a short message, no other sender, and room for it. False if it is
     * another case.
     */
    private boolean sendNow(byte[] object) throws InterruptedException {
        checkLength(object.length);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!lock.tryLock()) {
            return false;
        }
        try {
            requirePeer();
            return end.offerNow(MessageKind.OBJECT.firstType(), object.length, object);
        } catch (IOException e) {
            throw PipeException.of(e);
        } finally {
            lock.unlock();
        }
    }

    /** Sends a message; false if the time was over before, and nothing was sent. */
    boolean send(MessageKind kind, ByteBuffer payload, long nanos) throws InterruptedException {
        return send(kind, payload, nanos, Transfers.Ends.NONE);
    }

    private boolean send(MessageKind kind, ByteBuffer payload, long nanos, Transfers.Ends ends)
            throws InterruptedException {
        checkLength(payload.remaining());
        Timeout time = Timeout.ofNanos(nanos);
        if (!acquire(nanos)) {
            return false;
        }
        boolean done = false;
        try {
            done = sendParts(kind, payload, time) && flush(time);
            if (done && !ends.moves().isEmpty()) {
                EndsInTransit.add(end, end.mark(), ends);
            }
            return done;
        } catch (IOException e) {
            throw PipeException.of(e);
        } finally {
            if (!done) {
                end.retract();
            }
            lock.unlock();
        }
    }

    private boolean acquire(long nanos) throws InterruptedException {
        if (nanos == Timeout.FOREVER) {
            lock.lockInterruptibly();
            return true;
        }
        return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
    }

    private boolean sendParts(MessageKind kind, ByteBuffer payload, Timeout time)
            throws IOException, InterruptedException {
        requirePeer();
        int length = payload.remaining();
        int from = payload.position();
        int chunk = end.chunkBytes();
        int sent = 0;
        long stallNanos = STALL_NANOS;
        do {
            int type = sent == 0 ? kind.firstType() : kind.continuedType();
            long lengthOrOffset = sent == 0 ? length : sent;
            int rest = length - sent;
            int part = Math.min(chunk, rest);
            if (end.offer(type, lengthOrOffset, payload, from + sent, part)) {
                sent += part;
                continue;
            }
            boolean maySpill = rest > part && rest <= MAX_SPILL_BYTES;
            long remaining = time.remainingNanos();
            if (end.awaitDrain(maySpill ? Math.min(remaining, stallNanos) : remaining)) {
                continue;
            }
            requirePeer();
            if (maySpill && end.offerLarge(type, lengthOrOffset, payload, from + sent, rest)) {
                return true;
            }
            if (time.isOver()) {
                return false;
            }
            stallNanos = Math.min(2 * stallNanos, MAX_STALL_NANOS);
        } while (sent < length);
        return true;
    }

    private boolean flush(Timeout time) throws IOException, InterruptedException {
        while (!end.flush(time.remainingNanos())) {
            requirePeer();
            if (time.isOver()) {
                return false;
            }
        }
        return true;
    }

    private void requirePeer() throws IOException {
        PeerState peer = end.peerState(false);
        if (peer != PeerState.PRESENT) {
            throw new EndOfPipeException(peer == PeerState.DEAD);
        }
    }

    /** Reads a channel and sends what it reads as one message of bytes. */
    void stream(ReadableByteChannel from, long bytes) throws InterruptedException {
        if (bytes < 0) {
            throw new IllegalArgumentException("a length is at least 0: bytes=" + bytes);
        }
        checkLength(bytes);
        lock.lockInterruptibly();
        boolean done = false;
        try {
            requirePeer();
            ByteBuffer chunk = ByteBuffer.allocateDirect(end.chunkBytes());
            long sent = 0;
            do {
                chunk.clear().limit((int) Math.min(chunk.capacity(), bytes - sent));
                fill(chunk, from, bytes - sent);
                int type =
                        sent == 0
                                ? MessageKind.BYTES.firstType()
                                : MessageKind.BYTES.continuedType();
                long lengthOrOffset = sent == 0 ? bytes : sent;
                while (!end.offer(type, lengthOrOffset, chunk, 0, chunk.limit())) {
                    if (!end.awaitDrain(Timeout.FOREVER)) {
                        requirePeer();
                    }
                }
                sent += chunk.limit();
            } while (sent < bytes);
            done = flush(Timeout.NEVER);
        } catch (IOException e) {
            throw PipeException.of(e);
        } finally {
            if (!done) {
                end.retract();
            }
            lock.unlock();
        }
    }

    private static void fill(ByteBuffer chunk, ReadableByteChannel from, long missing)
            throws IOException {
        while (chunk.hasRemaining()) {
            if (from.read(chunk) < 0) {
                throw new IOException(
                        "the source ended before the message was complete: missing bytes="
                                + (missing - chunk.position()));
            }
        }
    }
}
