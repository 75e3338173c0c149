package dev.procession.pipe;

import dev.procession.core.ChildProcess;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
     * Sends a message, but does not wait for ever for room.
     *
     * @param message any serialisable object, or null
     * @param timeout how long at most; zero to send only if there is room
     * @return false, and nothing was sent, when there was no room in time
     * @throws InterruptedException if this thread was interrupted; nothing was sent
     * @throws EndOfPipeException if the other end has ended
     * @throws MessageSizeException if the message is longer than this connection allows
     * @throws PipeException as for {@link #send(Object)}
     */
    boolean send(T message, Duration timeout) throws InterruptedException;

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
     * Sends a message of raw bytes, but does not wait for ever for room.
     *
     * @param bytes from its position to its limit; both stay as they are
     * @param timeout how long at most; zero to send only if there is room
     * @return false, and nothing was sent, when there was no room in time
     * @throws InterruptedException if this thread was interrupted; nothing was sent
     * @throws EndOfPipeException if the other end has ended
     * @throws PipeException as for {@link #send(Object, Duration)}
     */
    boolean sendBytes(ByteBuffer bytes, Duration timeout) throws InterruptedException;

    /**
     * Sends what a channel gives as one message of raw bytes, of any length, and keeps a small part
     * of it in memory at a time. Blocks as {@link #send} does.
     *
     * @param from a blocking channel; if it ends too soon or fails nothing is received
     * @param bytes how many of its bytes
     * @throws InterruptedException if this thread was interrupted; nothing is received
     * @throws EndOfPipeException if the other end has ended
     * @throws PipeException as for {@link #send(Object, Duration)}, or if the channel ended too
     *     soon
     */
    void sendFrom(ReadableByteChannel from, long bytes) throws InterruptedException;

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
     * Blocks for the next message, of raw bytes, but not for ever.
     *
     * @param timeout how long at most
     * @return its bytes, a new array; empty if there was none in time
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and left no message
     * @throws PipeException as for {@link #receiveBytes()}
     */
    Optional<byte[]> receiveBytes(Duration timeout) throws InterruptedException;

    /**
     * Blocks for the next message, of raw bytes, and puts it into a buffer.
     *
     * @param into takes the bytes from its position on, which moves behind them
     * @return how many bytes the message has
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and left no message
     * @throws MessageSizeException if the buffer is too small; it says how long the message is,
     *     which stays where it is
     * @throws PipeException as for {@link #receiveBytes()}
     */
    int receiveBytes(ByteBuffer into) throws InterruptedException;

    /**
     * Blocks for the next message, of raw bytes and any length, and passes it on as it comes, with
     * a small part of it in memory at a time.
     *
     * @param into a blocking channel; when this method throws it may have taken a part, and the
     *     rest of that message is dropped
     * @return how many bytes the message has
     * @throws InterruptedException if this thread was interrupted
     * @throws EndOfPipeException if the other end has ended before a message was complete
     * @throws PipeException as for {@link #receiveBytes()}, or if the channel failed, or the sender
     *     gave the message up
     */
    long receiveInto(WritableByteChannel into) throws InterruptedException;

    /**
     * Waits until at least one connection has a message or is at its end: Python's {@code
     * multiprocessing.connection.wait}.
     *
     * @param connections which to wait for, all of pipes
     * @param timeout how long at most; zero to look without waiting
     * @return those whose {@code receive} would not block; empty if there were none in time
     * @throws InterruptedException if this thread was interrupted
     * @throws PipeException if one of them was closed or has moved
     */
    static Set<Connection<?>> waitAny(
            Collection<? extends Connection<?>> connections, Duration timeout)
            throws InterruptedException {
        return waitAny(connections, List.of(), timeout).connections();
    }

    /**
     * Waits until at least one connection has a message or is at its end, or one child has ended.
     *
     * @param connections which to wait for, all of pipes
     * @param children which to wait for
     * @param timeout how long at most; zero to look without waiting
     * @return what is ready; nothing if there was nothing in time
     * @throws InterruptedException if this thread was interrupted
     * @throws PipeException if one of the connections was closed or has moved
     */
    static Awaited waitAny(
            Collection<? extends Connection<?>> connections,
            Collection<? extends ChildProcess<?>> children,
            Duration timeout)
            throws InterruptedException {
        Set<Connection<?>> ready = new LinkedHashSet<>();
        Set<ChildProcess<?>> ended = new LinkedHashSet<>();
        for (Object each : new WaitAny(connections, children).await(timeout)) {
            if (each instanceof ChildProcess<?> child) {
                ended.add(child);
            } else {
                ready.add((Connection<?>) each);
            }
        }
        return new Awaited(ready, ended);
    }

    /** Closes this end. Does nothing when it was closed, or has moved to another process. */
    @Override
    void close();
}
