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
 * The sending side of a connection. Its lock is held while a thread waits for room, so that
 * messages stay whole and threads take their turns.
 *
 * <p>A large message goes in chunks while the receiver reads along. When it does not, the rest goes
 * to where the end keeps large records, if it has such a place: the sender need not wait for a
 * receiver that will only come later.
 */
final class Outbox {

    /** How long a receiver may take for a chunk before the rest goes another way. */
    private static final long STALL_NANOS = 2_000_000;

    private static final long MAX_STALL_NANOS = 100_000_000;

    /** The longest rest that goes another way. */
    private static final int MAX_ASIDE_BYTES = 64 << 20;

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
     * Sends an encoded object in which ends move; false, and nothing was sent, when time is over.
     */
    boolean send(byte[] object, long nanos, Transfers.Ends ends) throws InterruptedException {
        return (ends.moves().isEmpty() && sendNow(object))
                || send(MessageKind.OBJECT, ByteBuffer.wrap(object), nanos, ends);
    }

    /**
     * The common case, without what the others need: short, nobody else sends, and room is there.
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

    /** Sends a message; false, and nothing was sent, when the time is over. */
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
                EndsInTransit.watch(end, end.mark(), ends);
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
        long stall = STALL_NANOS;
        do {
            int type = sent == 0 ? kind.firstType() : kind.continuedType();
            long lengthOrOffset = sent == 0 ? length : sent;
            int rest = length - sent;
            int part = Math.min(chunk, rest);
            if (end.offer(type, lengthOrOffset, payload, from + sent, part)) {
                sent += part;
                continue;
            }
            boolean mayGoAside = rest > part && rest <= MAX_ASIDE_BYTES;
            long left = time.remainingNanos();
            if (end.awaitDrain(mayGoAside ? Math.min(left, stall) : left)) {
                continue;
            }
            requirePeer();
            if (mayGoAside && end.offerLarge(type, lengthOrOffset, payload, from + sent, rest)) {
                return true;
            }
            if (time.isOver()) {
                return false;
            }
            stall = Math.min(2 * stall, MAX_STALL_NANOS);
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

    /** Sends what a channel gives as one message, of bytes. */
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
