package dev.procession.pipe;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * One end of a {@link Pipe}: Python's {@code Connection}.
 *
 * <p>Messages keep their boundaries and their order. What one process has sent is received by the
 * holder of the other end also after the sender has closed its end or died; then {@link
 * EndOfPipeException} says which of the two happened. A part of a message is never received.
 *
 * <p><b>Moving.</b> An end has one holder. Captured by a task or a child's body, or sent through
 * another connection, it moves there, and using it here afterwards is a {@link PipeException}; if
 * what captured it cannot be serialised or sent, it stays. Moving an end that another thread is
 * using is refused.
 *
 * <p><b>Threads.</b> Several threads may send and several may receive on one end; each message
 * stays whole. A blocked thread can be interrupted, which harms nobody.
 *
 * @param <T> the messages
 */
public interface Connection<T> extends AutoCloseable {

    /**
     * Sends a message. Blocks while the other end has not read what is under way.
     *
     * @param message any serialisable object, or null
     * @throws InterruptedException if this thread was interrupted; nothing was sent
     * @throws dev.procession.core.UnserializableException if it cannot be serialised; nothing was
     *     sent
     * @throws EndOfPipeException if the other end has ended
     * @throws PipeException if this end was closed or has moved, or there is no room for a large
     *     message anywhere
     */
    void send(T message) throws InterruptedException;

    /**
     * Blocks for the next message.
     *
     * @return the message
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and left no message
     * @throws dev.procession.core.UndecodableException if the message cannot be decoded here; it is
     *     consumed, and its bytes are in the exception
     * @throws PipeException if this end was closed or has moved, or the next message is one of
     *     bytes
     */
    T receive() throws InterruptedException;

    /**
     * Blocks for the next message, but not for ever.
     *
     * @param timeout how long at most
     * @return the message; empty if there was none in time, or if it was null
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and left no message
     * @throws PipeException if this end was closed or has moved, or the next message is one of
     *     bytes
     */
    Optional<T> receive(Duration timeout) throws InterruptedException;

    /**
     * Waits until {@code receive} would not block.
     *
     * @param timeout how long at most; zero to look without waiting
     * @return true if there is a message, or the end; false if there was neither in time
     * @throws InterruptedException if this thread was interrupted
     * @throws PipeException if this end was closed or has moved
     */
    boolean poll(Duration timeout) throws InterruptedException;

    /**
     * Sends a message of raw bytes, which only the {@code receiveBytes} methods receive. Blocks as
     * {@link #send} does.
     *
     * @param bytes from its position to its limit; both stay as they are
     * @throws InterruptedException if this thread was interrupted; nothing was sent
     * @throws EndOfPipeException if the other end has ended
     * @throws PipeException as for {@link #send}
     */
    void sendBytes(ByteBuffer bytes) throws InterruptedException;

    /**
     * Blocks for the next message, of raw bytes.
     *
     * @return its bytes, a new array
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and left no message
     * @throws PipeException if this end was closed or has moved, or the next message is an object,
     *     which stays where it is
     */
    byte[] receiveBytes() throws InterruptedException;

    /**
     * Blocks for the next message, of raw bytes, and puts it into a buffer.
     *
     * @param into takes the bytes from its position on, which moves behind them
     * @return how many bytes the message has
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and left no message
     * @throws PipeException if the buffer is too small, which the message says with the size; the
     *     message stays where it is; or as for {@link #receiveBytes()}
     */
    int receiveBytes(ByteBuffer into) throws InterruptedException;

    /** Closes this end. Does nothing when it was closed, or has moved to another process. */
    @Override
    void close();
}
