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
 * The receiving side of a connection. Its lock is held while a thread waits, so that threads take
 * their turns. A message that was refused, or of which only a part has come in time, waits here for
 * the next receiver.
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

    /** What travels with the end. */
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

    /** Waits until a receiver would not block. */
    boolean poll(long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        if (!acquire(nanos)) {
            return false;
        }
        try {
            IncomingMessage message;
            while ((message = find(time)) != null) {
                if (message.isWhole() || message.total() > arrayLimit()) {
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

    /** The next message as an array; null when the time is over. */
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

    /** Whether the record that the end has found is all of a message as it is wanted. */
    private boolean isWhole(MessageKind kind) {
        int bytes = end.payloadBytes();
        return end.type() == kind.firstType() && end.number() == bytes && bytes <= maxBytes;
    }

    /** The common case, without what one in parts needs. */
    @GuardedBy("lock")
    private byte[] takeWhole(MessageKind kind) throws IOException {
        byte[] bytes = end.payload();
        try {
            end.release();
        } catch (IOException | RuntimeException | Error e) {
            incoming =
                    IncomingMessage.of(
                            new PartialMessage(kind, bytes.length, bytes)); // it is consumed
            throw e;
        }
        return bytes;
    }

    /** Puts the next message into a buffer and returns its length. */
    int take(ByteBuffer into) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            IncomingMessage message = takeLocked(MessageKind.BYTES, into, Timeout.NEVER);
            if (message == null) {
                throw new AssertionError("for ever is over");
            }
            return (int) message.total();
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
                if (into != null && message.kind() == kind && message.total() <= into.remaining()) {
                    message.borrow(into);
                }
                if (message.isWhole()) {
                    // Only now: one that its sender gave up half-way is nobody's to receive.
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
            IncomingMessage left = incoming;
            if (left != null) {
                left.giveBack();
            }
        }
    }

    /** The next message, whole or with its next part found; null when the time is over. */
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
                if (message == null || message.isBegun()) {
                    message =
                            new IncomingMessage(
                                    MessageKind.ofFirst(type),
                                    end.number()); // the one before was given up
                    incoming = message;
                }
                return message;
            }
            if (message != null
                    && type == message.kind().continuedType()
                    && message.got() == end.number()) {
                return message;
            }
            end.release(); // of a message that was dropped
        }
    }

    @GuardedBy("lock")
    private boolean awaitNext(Timeout time) throws IOException, InterruptedException {
        while (true) {
            boolean came = end.awaitMessage(time.remainingNanos());
            // The state first: what was committed before the end is seen afterwards.
            PeerState peer = came ? PeerState.PRESENT : end.peerState(false);
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
        if (message.total() > IncomingMessage.MAX_ARRAY_BYTES) {
            throw new MessageSizeException(
                    "the next message is longer than an array: use receiveInto",
                    message.total(),
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
        if (message.total() > maxBytes) {
            incoming = null; // what else comes of it is dropped
            if (!message.isBegun()) {
                end.release();
            }
            throw new MessageSizeException(
                    "the message was longer than this connection allows, and is dropped",
                    message.total(),
                    maxBytes);
        }
    }

    private static void checkRoom(IncomingMessage message, ByteBuffer into) {
        if (message.total() > into.remaining()) {
            throw new MessageSizeException(
                    "the buffer is too small for the next message",
                    message.total(),
                    into.remaining());
        }
    }

    /** Passes the next message on, of bytes, and returns its length. */
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
        IncomingMessage stream = null;
        try {
            while (true) {
                IncomingMessage message = find(time);
                if (message == null) {
                    throw new AssertionError("for ever is over");
                }
                if (message != stream) {
                    if (begun) {
                        throw new IOException("the sender has given the message up");
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
                    stream = message;
                    PartialMessage partial = message.partial();
                    if (partial != null) {
                        begun = true;
                        writeAll(ByteBuffer.wrap(partial.bytes()), into);
                    }
                }
                if (message.isWhole()) {
                    return message.total();
                }
                begun = true;
                int bytes = end.payloadBytes();
                if (bytes > chunk.capacity()) {
                    chunk = ByteBuffer.allocateDirect(bytes); // it waited in a file
                }
                end.copyPayload(chunk.clear(), 0);
                message.passed(bytes);
                end.release();
                writeAll(chunk.limit(bytes), into);
            }
        } finally {
            if (begun) {
                incoming = null; // it cannot be begun again; the rest is dropped
            }
        }
    }

    private static void writeAll(ByteBuffer bytes, WritableByteChannel into) throws IOException {
        while (bytes.hasRemaining()) {
            into.write(bytes);
        }
    }
}
