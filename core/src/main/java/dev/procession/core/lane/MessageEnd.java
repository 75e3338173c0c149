package dev.procession.core.lane;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One end of a channel that carries records of bytes in both directions: a lane in shared memory,
 * or a socket.
 *
 * <p>One thread at a time may send ({@link #offer}, {@link #awaitDrain}), and one at a time receive
 * ({@link #next} to {@link #release}, {@link #awaitMessage}); the callers hold the locks for that.
 * A record is received whole or not at all. An interrupt ends a blocked call and closes nothing.
 */
public interface MessageEnd extends AutoCloseable {

    /** The longest payload that {@link #offer} takes. */
    int chunkBytes();

    /**
     * Sends a record; false when too many sent bytes are unread, or there is no room for it now.
     *
     * @param type its type, which the caller chooses; at least 0
     * @param number a number for the receiver, which the caller chooses
     * @param from holds the payload; its position and limit stay
     */
    boolean offer(int type, long number, ByteBuffer from, int position, int length)
            throws IOException;

    /**
     * Sends a short record and hands it over to the peer; false when this end cannot do both in one
     * step, or has no room for the record now.
     */
    default boolean offerNow(int type, long number, byte[] payload) throws IOException {
        return false;
    }

    /**
     * Sends a record of any length in one step, if this end can store it elsewhere until it is
     * read; false when it cannot, or not now.
     */
    boolean offerLarge(int type, long number, ByteBuffer from, int position, int length)
            throws IOException;

    /**
     * Waits until {@link #offer} may succeed; false when the time is over or the peer has ended.
     */
    boolean awaitDrain(long nanos) throws IOException, InterruptedException;

    /**
     * Hands over the records that {@link #offer} has taken and not handed over yet; false when the
     * time is over or the peer has ended. Before this returns true the last record may not be
     * received.
     */
    boolean flush(long nanos) throws IOException, InterruptedException;

    /**
     * Returns the position up to which this end has sent, for {@link #isLost}; only the sending
     * thread may call this.
     */
    long mark();

    /**
     * True if the peer has ended, so that it will never receive a record that was sent before the
     * mark and not received. Any thread may call this. False while the peer may have received the
     * record and not decoded it yet.
     */
    boolean isLost(long mark) throws IOException;

    /** Retracts the last record if it was not handed over: the peer will not receive it. */
    void retract();

    /** Moves to the oldest record without consuming it; false when there is none now. */
    boolean next() throws IOException;

    /** The type of the record that {@link #next} found. */
    int type();

    /** The number of the record that {@link #next} found. */
    long number();

    /** The length of the payload of the record that {@link #next} found. */
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

    /** True if {@link #next} may find a record; changes nothing. */
    boolean isReady() throws IOException;

    /**
     * Waits for a record; false when the time is over, or the peer has ended and all of its records
     * were received.
     */
    boolean awaitMessage(long nanos) throws IOException, InterruptedException;

    /**
     * Returns the state of the peer. To miss no record, call this before the last {@link #next}.
     */
    PeerState peerState(boolean probe) throws IOException;

    /** Sets how long a waiting thread spins before it sleeps; 0 for the default of this end. */
    void spinFor(long nanos);

    /** Adds a waiter, which this end wakes from now on. */
    void listen(Waiter waiter) throws IOException;

    /** Removes a waiter, which this end does not wake any more. */
    void unlisten(Waiter waiter);

    /**
     * Announces that the receiver is about to sleep; the caller then checks {@link #isReady} once
     * more.
     */
    void announceRead();

    /** Withdraws the announcement: the receiver is awake. */
    void endRead();

    @Override
    void close() throws IOException;
}
