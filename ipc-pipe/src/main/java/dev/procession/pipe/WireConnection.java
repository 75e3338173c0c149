package dev.procession.pipe;

import dev.procession.core.Codec;
import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LaneHandle;
import dev.procession.core.lane.MessageEnd;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.Transfers;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection over an end that carries bytes: encodes and decodes objects, and checks the
 * direction. Thread-safe.
 */
final class WireConnection<T> implements Connection<T>, Waitable, Serializable {

    private static final long serialVersionUID = 1L;

    private final transient MessageEnd end;
    private final transient Codec codec = Codec.standard();
    private final transient Outbox outbox;
    private final transient Inbox inbox;
    private final Direction direction;
    private final PipeOptions options;

    WireConnection(
            MessageEnd end,
            Direction direction,
            PipeOptions options,
            @Nullable PartialMessage partial) {
        this.end = end;
        this.direction = direction;
        this.options = options;
        this.outbox = new Outbox(end, options.maxMessageBytes());
        this.inbox = new Inbox(end, options.maxMessageBytes(), partial);
        end.spinFor(options.spinNanos());
    }

    @Override
    public MessageEnd end() {
        return end;
    }

    @Override
    public void send(T message) throws InterruptedException {
        boolean sent = sendObject(message, Timeout.FOREVER);
        if (!sent) {
            throw new AssertionError("a wait without a timeout timed out");
        }
    }

    @Override
    public boolean send(T message, Duration timeout) throws InterruptedException {
        return sendObject(message, Timeout.nanos(timeout));
    }

    private boolean sendObject(T message, long nanos) throws InterruptedException {
        requireSends();
        // Encoded outside the lock, because this runs user code. Ends inside the message move.
        Transfers.Shipment shipment = Transfers.pack(codec, message, this);
        boolean sent = false;
        try {
            sent = outbox.send(shipment.bytes(), nanos, shipment.ends());
            return sent;
        } finally {
            if (!sent) {
                shipment.takeBack();
            }
        }
    }

    @Override
    public void sendBytes(ByteBuffer bytes) throws InterruptedException {
        requireSends();
        boolean sent = outbox.send(MessageKind.BYTES, bytes, Timeout.FOREVER);
        if (!sent) {
            throw new AssertionError("a wait without a timeout timed out");
        }
    }

    @Override
    public boolean sendBytes(ByteBuffer bytes, Duration timeout) throws InterruptedException {
        requireSends();
        return outbox.send(MessageKind.BYTES, bytes, Timeout.nanos(timeout));
    }

    @Override
    public void sendFrom(ReadableByteChannel from, long bytes) throws InterruptedException {
        requireSends();
        outbox.stream(from, bytes);
    }

    @Override
    public T receive() throws InterruptedException {
        return decode(takeBytes(MessageKind.OBJECT));
    }

    private byte[] takeBytes(MessageKind kind) throws InterruptedException {
        requireReceives();
        byte[] bytes = inbox.take(kind, Timeout.FOREVER);
        if (bytes == null) {
            throw new AssertionError("a wait without a timeout timed out");
        }
        return bytes;
    }

    @Override
    public Optional<T> receive(Duration timeout) throws InterruptedException {
        requireReceives();
        byte[] bytes = inbox.take(MessageKind.OBJECT, Timeout.nanos(timeout));
        return bytes == null ? Optional.empty() : Optional.ofNullable(decode(bytes));
    }

    @Override
    public byte[] receiveBytes() throws InterruptedException {
        return takeBytes(MessageKind.BYTES);
    }

    @Override
    public Optional<byte[]> receiveBytes(Duration timeout) throws InterruptedException {
        requireReceives();
        return Optional.ofNullable(inbox.take(MessageKind.BYTES, Timeout.nanos(timeout)));
    }

    @Override
    public int receiveBytes(ByteBuffer into) throws InterruptedException {
        if (into.isReadOnly()) {
            throw new ReadOnlyBufferException(); // checked now, before a message is consumed
        }
        requireReceives();
        return inbox.take(into);
    }

    @Override
    public long receiveInto(WritableByteChannel into) throws InterruptedException {
        requireReceives();
        return inbox.stream(into);
    }

    @Override
    public boolean poll(Duration timeout) throws InterruptedException {
        requireReceives();
        return inbox.poll(Timeout.nanos(timeout));
    }

    @SuppressWarnings("unchecked") // the pipe's type says what its ends send
    private T decode(byte[] message) {
        return (T) codec.decode(ByteBuffer.wrap(message));
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
            end.close();
        } catch (IOException e) {
            throw new PipeException("the end could not be closed completely", e);
        }
    }

    @Serial
    private Object writeReplace() throws NotSerializableException {
        Transfers.requireTravel();
        if (Transfers.isCarrier(this)) {
            throw new PipeException("an end cannot be sent through itself");
        }
        if (!(end instanceof LaneEnd lane)) {
            throw new PipeException(
                    "the end of a socket cannot move to another process: let that process connect"
                            + " itself, with Listener.connect");
        }
        if (!outbox.lock().tryLock()) {
            throw inUse();
        }
        try {
            if (!inbox.lock().tryLock()) {
                throw inUse();
            }
            try {
                LaneHandle handle = lane.moveAway();
                Transfers.moved(new LaneMove(lane, handle));
                return new ConnectionHandle(handle, direction, options, inbox.partial());
            } catch (IOException e) {
                throw PipeException.of(e);
            } finally {
                inbox.lock().unlock();
            }
        } finally {
            outbox.lock().unlock();
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
