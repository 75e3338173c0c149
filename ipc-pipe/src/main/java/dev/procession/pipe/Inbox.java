package dev.procession.pipe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.lane.MessageEnd;
import dev.procession.core.lane.PeerState;
import dev.procession.core.time.Timeout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of a connection. A receiver holds the lock also while it waits, so that
 * threads receive one after the other. A message that was refused, or that was incomplete when the
 * time was over, is kept for the next receiver. Thread-safe.
 */
final class Inbox {

    private final ReentrantLock lock = new ReentrantLock();
    private final MessageEnd end;
    private final long maxBytes;

    @GuardedBy("lock")
    private @Nullable IncomingMessage incoming;

    Inbox(MessageEnd end, long maxBytes, @Nullable PartialMessage partial) {
        this.end = end;
        this.maxBytes = maxBytes;
        this.incoming = partial == null ? null : IncomingMessage.of(partial);
    }

    ReentrantLock lock() {
        return lock;
    }

    /** Returns what was consumed of the next message; null if nothing was. */
    @Nullable PartialMessage partial() {
        lock.lock();
        try {
            IncomingMessage message = incoming;
            return message == null ? null : message.partial();
        } finally {
            lock.unlock();
        }
    }

    private boolean acquire(long nanos) throws InterruptedException {
        if (nanos == Timeout.FOREVER) {
            lock.lockInterruptibly();
            return true;
        }
        return lock.tryLock() || (nanos > 0 && lock.tryLock(nanos, TimeUnit.NANOSECONDS));
    }

    /** Waits until a receiver would not block; false if the time was over before. */
    boolean poll(long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        if (!acquire(nanos)) {
            return false;
        }
        try {
            IncomingMessage message;
            while ((message = find(time)) != null) {
                if (message.isWhole() || message.totalBytes() > arrayLimit()) {
                    return true;
                }
                message.absorb(end);
            }
            return false;
        } catch (EndOfPipeException e) {
            return true;
        } catch (IOException e) {
            throw PipeException.of(e);
        } finally {
            lock.unlock();
        }
    }

    private long arrayLimit() {
        return Math.min(maxBytes, IncomingMessage.MAX_ARRAY_BYTES);
    }

    /** Returns the next message as an array; null if the time was over before. */
    byte @Nullable [] take(MessageKind kind, long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        if (!acquire(nanos)) {
            return null;
        }
        try {
            if (incoming == null) {
                if (!end.next() && !awaitNext(time)) {
                    return null;
                }
                if (isWhole(kind)) {
                    return takeWhole(kind);
                }
            }
            IncomingMessage message = takeLocked(kind, null, time);
            return message == null ? null : message.bytes();
        } catch (IOException e) {
            throw PipeException.of(e);
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the record that the end has found is a whole message of this kind. */
    private boolean isWhole(MessageKind kind) {
        int bytes = end.payloadBytes();
        return end.type() == kind.firstType() && end.number() == bytes && bytes <= maxBytes;
    }

    /** Takes a message of one record: the common case. */
    @GuardedBy("lock")
    private byte[] takeWhole(MessageKind kind) throws IOException {
        byte[] bytes = end.payload();
        try {
            end.release();
        } catch (IOException | RuntimeException | Error e) {
            // The failing release has consumed the record.
            incoming = IncomingMessage.of(new PartialMessage(kind, bytes.length, bytes));
            throw e;
        }
        return bytes;
    }

    /** Waits for the next message, copies it into a buffer and returns its length. */
    int take(ByteBuffer into) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            IncomingMessage message = takeLocked(MessageKind.BYTES, into, Timeout.NEVER);
            if (message == null) {
                throw new AssertionError("a wait without a timeout timed out");
            }
            return (int) message.totalBytes();
        } catch (IOException e) {
            throw PipeException.of(e);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private @Nullable IncomingMessage takeLocked(
            MessageKind kind, @Nullable ByteBuffer into, Timeout time)
            throws IOException, InterruptedException {
        try {
            IncomingMessage message;
            while ((message = find(time)) != null) {
                checkLimit(message);
                checkArray(message);
                if (into != null
                        && message.kind() == kind
                        && message.totalBytes() <= into.remaining()) {
                    message.lendBuffer(into);
                }
                if (message.isWhole()) {
                    // Checked when it is complete: a message that its sender gave up is not
                    // received.
                    checkKind(message, kind);
                    if (into != null) {
                        checkRoom(message, into);
                        message.finish(into);
                    }
                    incoming = null;
                    break;
                }
                message.absorb(end);
            }
            return message;
        } finally {
            IncomingMessage unfinished = incoming;
            if (unfinished != null) {
                unfinished.returnBuffer();
            }
        }
    }

    /**
     * Returns the next message, which is whole or has its next part at the end; null if the time
     * was over before.
     */
    @GuardedBy("lock")
    private @Nullable IncomingMessage find(Timeout time) throws IOException, InterruptedException {
        while (true) {
            IncomingMessage message = incoming;
            if (message != null && message.isWhole()) {
                return message;
            }
            if (!end.next() && !awaitNext(time)) {
                return null;
            }
            int type = end.type();
            if (!MessageKind.isContinued(type)) {
                if (message == null || message.isBegun()) { // the sender gave a begun one up
                    message = new IncomingMessage(MessageKind.ofFirst(type), end.number());
                    incoming = message;
                }
                return message;
            }
            if (message != null
                    && type == message.kind().continuedType()
                    && message.consumedBytes() == end.number()) {
                return message;
            }
            end.release(); // a part of a message that was dropped
        }
    }

    @GuardedBy("lock")
    private boolean awaitNext(Timeout time) throws IOException, InterruptedException {
        while (true) {
            boolean arrived = end.awaitMessage(time.remainingNanos());
            // The peer's state is read before the look: a message that was committed before the end
            // is found.
            PeerState peer = arrived ? PeerState.PRESENT : end.peerState(false);
            if (end.next()) {
                return true;
            }
            if (peer != PeerState.PRESENT) {
                throw new EndOfPipeException(peer == PeerState.DEAD);
            }
            if (time.isOver()) {
                return false;
            }
        }
    }

    private static void checkArray(IncomingMessage message) {
        if (message.totalBytes() > IncomingMessage.MAX_ARRAY_BYTES) {
            throw new MessageSizeException(
                    "the next message is too long for an array: use receiveInto",
                    message.totalBytes(),
                    IncomingMessage.MAX_ARRAY_BYTES);
        }
    }

    private static void checkKind(IncomingMessage message, MessageKind kind) {
        if (message.kind() != kind) {
            throw new PipeException(
                    kind == MessageKind.OBJECT
                            ? "the next message is one of bytes: use receiveBytes"
                            : "the next message is an object: use receive");
        }
    }

    @GuardedBy("lock")
    private void checkLimit(IncomingMessage message) throws IOException {
        if (message.totalBytes() > maxBytes) {
            incoming = null; // its other parts are dropped
            if (!message.isBegun()) {
                end.release();
            }
            throw new MessageSizeException(
                    "the message was longer than this connection allows, and is dropped",
                    message.totalBytes(),
                    maxBytes);
        }
    }

    private static void checkRoom(IncomingMessage message, ByteBuffer into) {
        if (message.totalBytes() > into.remaining()) {
            throw new MessageSizeException(
                    "the buffer is too small for the next message",
                    message.totalBytes(),
                    into.remaining());
        }
    }

    /** Writes the next message, of bytes, to a channel and returns its length. */
    long stream(WritableByteChannel into) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return streamLocked(into);
        } catch (IOException e) {
            throw PipeException.of(e);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private long streamLocked(WritableByteChannel into) throws IOException, InterruptedException {
        boolean begun = false;
        Timeout time = Timeout.NEVER;
        ByteBuffer chunk = ByteBuffer.allocateDirect(end.chunkBytes());
        IncomingMessage current = null;
        try {
            while (true) {
                IncomingMessage message = find(time);
                if (message == null) {
                    throw new AssertionError("a wait without a timeout timed out");
                }
                if (message != current) {
                    if (begun) {
                        throw new IOException("the sender did not complete the message");
                    }
                    checkLimit(message);
                    if (message.kind() != MessageKind.BYTES) {
                        checkArray(message);
                        if (message.isWhole()) {
                            checkKind(message, MessageKind.BYTES);
                        }
                        message.absorb(end);
                        continue;
                    }
                    current = message;
                    PartialMessage partial = message.partial();
                    if (partial != null) {
                        begun = true;
                        writeAll(ByteBuffer.wrap(partial.bytes()), into);
                    }
                }
                if (message.isWhole()) {
                    return message.totalBytes();
                }
                begun = true;
                int bytes = end.payloadBytes();
                if (bytes > chunk.capacity()) {
                    chunk = ByteBuffer.allocateDirect(bytes); // the record came from a spill file
                }
                end.copyPayload(chunk.clear(), 0);
                message.addConsumed(bytes);
                end.release();
                writeAll(chunk.limit(bytes), into);
            }
        } finally {
            if (begun) {
                incoming = null; // a part was written: the rest is dropped
            }
        }
    }

    private static void writeAll(ByteBuffer bytes, WritableByteChannel into) throws IOException {
        while (bytes.hasRemaining()) {
            into.write(bytes);
        }
    }
}
