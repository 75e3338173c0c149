package dev.procession.pipe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.Codec;
import dev.procession.core.wire.LaneEnd;
import dev.procession.core.wire.LaneHandle;
import dev.procession.core.wire.Message;
import dev.procession.core.wire.PeerState;
import dev.procession.core.wire.Transfers;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection over a lane.
 *
 * <p>One lock for senders and one for receivers, each held while its thread waits, so that waiting
 * threads take their turns; never both but to move. A message that was taken from the lane and is
 * of the wrong kind, or too large for a buffer, waits in {@link #pending} for the next receiver.
 */
final class LaneConnection<T> implements Connection<T>, Serializable {

    private static final long serialVersionUID = 1L;

    private static final int OBJECT = 0;
    private static final int BYTES = 1;

    /** Whose message this thread encodes just now. */
    private static final ThreadLocal<@Nullable LaneConnection<?>> CARRIER = new ThreadLocal<>();

    private final transient LaneEnd lane;
    private final transient Codec codec = Codec.standard();
    private final transient ReentrantLock sending = new ReentrantLock();
    private final transient ReentrantLock receiving = new ReentrantLock();
    private final Direction direction;

    @GuardedBy("receiving")
    private transient @Nullable Message pending;

    LaneConnection(LaneEnd lane, Direction direction) {
        this.lane = lane;
        this.direction = direction;
    }

    @Override
    public void send(T message) throws InterruptedException {
        requireSends();
        // Outside the lock, for it runs the user's code; an end may move inside the message.
        Transfers.Shipment shipment = pack(message);
        boolean sent = false;
        try {
            send(OBJECT, shipment.bytes());
            sent = true;
        } finally {
            if (!sent) {
                shipment.takeBack();
            }
        }
    }

    private Transfers.Shipment pack(T message) {
        LaneConnection<?> outer = CARRIER.get();
        CARRIER.set(this);
        try {
            return Transfers.pack(codec, message);
        } finally {
            if (outer == null) {
                CARRIER.remove();
            } else {
                CARRIER.set(outer);
            }
        }
    }

    @Override
    public void sendBytes(ByteBuffer bytes) throws InterruptedException {
        requireSends();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        send(BYTES, copy);
    }

    private void send(int type, byte[] payload) throws InterruptedException {
        sending.lockInterruptibly();
        try {
            while (true) {
                if (lane.peerState(false) != PeerState.PRESENT) {
                    throw endOfPipe();
                }
                if (lane.offer(type, 0, payload)) {
                    return;
                }
                if (!lane.awaitRoom(payload.length, Long.MAX_VALUE)) {
                    throw endOfPipe();
                }
            }
        } catch (IOException e) {
            throw new PipeException(String.valueOf(e.getMessage()), e);
        } finally {
            sending.unlock();
        }
    }

    @Override
    public T receive() throws InterruptedException {
        return decode(take(OBJECT, null));
    }

    @Override
    public Optional<T> receive(Duration timeout) throws InterruptedException {
        requireReceives();
        long nanos = nanos(timeout);
        long start = System.nanoTime();
        if (!receiving.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        Message message;
        try {
            if (!await(nanos - (System.nanoTime() - start))) {
                return Optional.empty();
            }
            message = takeReady(OBJECT, null);
        } finally {
            receiving.unlock();
        }
        return Optional.ofNullable(decode(message));
    }

    @Override
    public byte[] receiveBytes() throws InterruptedException {
        return take(BYTES, null).payload();
    }

    @Override
    public int receiveBytes(ByteBuffer into) throws InterruptedException {
        if (into.isReadOnly()) {
            throw new ReadOnlyBufferException(); // now, while no message can be lost by it
        }
        byte[] payload = take(BYTES, into).payload();
        into.put(payload);
        return payload.length;
    }

    @Override
    public boolean poll(Duration timeout) throws InterruptedException {
        requireReceives();
        long nanos = nanos(timeout);
        long start = System.nanoTime();
        if (!receiving.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            return await(nanos - (System.nanoTime() - start))
                    || lane.peerState(false) != PeerState.PRESENT;
        } catch (EndOfPipeException e) {
            return true; // receive would not block
        } catch (IOException e) {
            throw new PipeException(String.valueOf(e.getMessage()), e);
        } finally {
            receiving.unlock();
        }
    }

    private Message take(int type, @Nullable ByteBuffer into) throws InterruptedException {
        requireReceives();
        receiving.lockInterruptibly();
        try {
            await(Long.MAX_VALUE);
            return takeReady(type, into);
        } finally {
            receiving.unlock();
        }
    }

    /** Waits for a message, which is pending then; false when the time is over. */
    @GuardedBy("receiving")
    private boolean await(long nanos) throws InterruptedException {
        try {
            while (pending == null) {
                pending = lane.poll();
                if (pending == null && !lane.awaitMessage(Math.max(0, nanos))) {
                    PeerState peer = lane.peerState(false);
                    // Once more after the state, for a message may have come before the end.
                    pending = lane.poll();
                    if (pending == null && peer != PeerState.PRESENT) {
                        throw endOfPipe();
                    }
                    return pending != null;
                }
            }
            return true;
        } catch (IOException e) {
            throw new PipeException(String.valueOf(e.getMessage()), e);
        }
    }

    @GuardedBy("receiving")
    private Message takeReady(int type, @Nullable ByteBuffer into) {
        Message message = pending;
        if (message == null) {
            throw new IllegalStateException("no message is pending");
        }
        if (message.type() != type) {
            throw new PipeException(
                    type == OBJECT
                            ? "the next message is one of bytes: use receiveBytes"
                            : "the next message is an object: use receive");
        }
        int bytes = message.payload().length;
        if (into != null && bytes > into.remaining()) {
            throw new PipeException(
                    "the buffer is too small for the next message: bytes="
                            + bytes
                            + ", remaining="
                            + into.remaining());
        }
        pending = null;
        return message;
    }

    @SuppressWarnings("unchecked") // the pipe's type says what its ends send
    private T decode(Message message) {
        return (T) codec.decode(ByteBuffer.wrap(message.payload()));
    }

    private EndOfPipeException endOfPipe() throws IOException {
        return new EndOfPipeException(lane.peerState(false) == PeerState.DEAD);
    }

    private static long nanos(Duration timeout) {
        try {
            return Math.max(0, timeout.toNanos());
        } catch (ArithmeticException e) {
            return timeout.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    private void requireSends() {
        if (direction == Direction.RECEIVES) {
            throw new UnsupportedOperationException("this end of a one-way pipe only receives");
        }
    }

    private void requireReceives() {
        if (direction == Direction.SENDS) {
            throw new UnsupportedOperationException("this end of a one-way pipe only sends");
        }
    }

    @Override
    public void close() {
        try {
            lane.close();
        } catch (IOException e) {
            throw new PipeException("the end could not be closed properly", e);
        }
    }

    @Serial
    private Object writeReplace() throws NotSerializableException {
        Transfers.requireTravel();
        if (CARRIER.get() == this) {
            throw new PipeException("an end cannot be sent through itself");
        }
        if (!sending.tryLock()) {
            throw inUse();
        }
        try {
            if (!receiving.tryLock()) {
                throw inUse();
            }
            try {
                if (pending != null) {
                    throw new PipeException(
                            "a message that was refused waits at this end: receive it, then move");
                }
                LaneHandle handle = lane.move();
                Transfers.moved(new LaneMove(lane, handle));
                return new ConnectionHandle(handle, direction);
            } catch (IOException e) {
                throw new PipeException(String.valueOf(e.getMessage()), e);
            } finally {
                receiving.unlock();
            }
        } finally {
            sending.unlock();
        }
    }

    private static PipeException inUse() {
        return new PipeException("this end cannot move while another thread uses it");
    }

    @Serial
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("an end travels as its handle");
    }
}
