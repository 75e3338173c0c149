package dev.procession.core.lane;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One end of something that carries records of bytes both ways: a lane in shared memory, or a
 * socket.
 *
 * <p>One thread at a time may send ({@link #offer}, {@link #awaitDrain}), and one at a time receive
 * ({@link #next} to {@link #release}, {@link #awaitMessage}); the callers above have the locks. A
 * record is received whole or not at all. A blocked thread can be interrupted, which closes
 * nothing.
 */
public interface MessageEnd extends AutoCloseable {

    /** The longest payload that {@link #offer} takes. */
    int chunkBytes();

    /**
     * Sends a record; false when too much is under way, or there is no room for it now.
     *
     * @param type the user's, at least 0
     * @param number the user's
     * @param from holds the payload; its position and limit stay
     */
    boolean offer(int type, long number, ByteBuffer from, int position, int length)
            throws IOException;

    /**
     * Sends a short record and hands it over; false when this end cannot do both at once, or has no
     * room for it now.
     */
    default boolean offerNow(int type, long number, byte[] payload) throws IOException {
        return false;
    }

    /**
     * Sends a record of any length at once, if this end can keep it somewhere until it is read;
     * false when it cannot, or not now.
     */
    boolean offerLarge(int type, long number, ByteBuffer from, int position, int length)
            throws IOException;

    /**
     * Waits until {@link #offer} may succeed; false when the time is over or the peer has ended.
     */
    boolean awaitDrain(long nanos) throws IOException, InterruptedException;

    /**
     * Hands over what {@link #offer} has taken and not handed over; false when the time is over or
     * the peer has ended. Only then is the last record sure to be received.
     */
    boolean flush(long nanos) throws IOException, InterruptedException;

    /** How far this end has sent; to be asked by the sender, for {@link #isLost}. */
    long mark();

    /**
     * True if what was sent up to a mark, and was not received, never will be, for the peer has
     * ended; any thread may ask. False while it may have been received and not decoded yet.
     */
    boolean isLost(long mark) throws IOException;

    /** Makes the last record that was not handed over one that nobody receives. */
    void retract();

    /** Looks for the oldest record, which stays; false when there is none now. */
    boolean next() throws IOException;

    /** The type of the record that {@link #next} found. */
    int type();

    /** The number of the record that {@link #next} found. */
    long number();

    /** How long the payload is of the record that {@link #next} found. */
    int payloadBytes();

    /** Copies the payload of the record that {@link #next} found to a place in a buffer. */
    void copyPayload(ByteBuffer into, int position);

    /** A copy of the payload of the record that {@link #next} found. */
    default byte[] payload() {
        byte[] payload = new byte[payloadBytes()];
        copyPayload(ByteBuffer.wrap(payload), 0);
        return payload;
    }

    /** Consumes the record that {@link #next} found. */
    void release() throws IOException;

    /** True if {@link #next} may find a record; it only looks. */
    boolean isReady() throws IOException;

    /** Waits for a record; false when the time is over, or the peer has ended and left none. */
    boolean awaitMessage(long nanos) throws IOException, InterruptedException;

    /** What is known of the peer; to be asked before the last look for a record. */
    PeerState peerState(boolean probe) throws IOException;

    /** How long a waiting thread looks before it sleeps; 0 for as long as has paid lately. */
    void spinFor(long nanos);

    /** Is heard by a waiter from now on. */
    void listen(Waiter waiter) throws IOException;

    /** Is not heard by a waiter any more. */
    void unlisten(Waiter waiter);

    /** Says that the receiver is going to sleep; look at {@link #isReady} once more afterwards. */
    void announceRead();

    /** Says that the receiver is awake. */
    void endRead();

    @Override
    void close() throws IOException;
}
