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
 * <p>Messages keep their boundaries and their order. The holder of the other end receives all
 * messages that were sent, even after the sender has closed its end or died; then an {@link
 * EndOfPipeException} says which of the two happened. A message is received completely or not at
 * all.
 *
 * <p><b>Moving.</b> An end has one holder. An end that is captured by a task or a child's body, or
 * sent through another connection, moves to that process; using it here afterwards throws a {@link
 * PipeException}. If the object that captured it cannot be serialised or sent, the end stays.
 * Moving an end that another thread is using is refused.
 *
 * <p><b>Threads.</b> Several threads may send and several may receive on one end at the same time;
 * each message stays whole. A blocked thread can be interrupted; the connection stays usable.
 *
 * @param <T> the messages
 */
public interface Connection<T> extends AutoCloseable {

    /**
     * Sends a message. Blocks while there is no room because the other end has not read earlier
     * messages.
     *
     * @param message any serialisable object, or null
     * @throws InterruptedException if this thread was interrupted; nothing was sent
     * @throws dev.procession.core.UnserializableException if it cannot be serialised; nothing was
     *     sent
     * @throws EndOfPipeException if the other end has ended
     * @throws PipeException if this end was closed or has moved, or no file system has room for a
     *     large message
     */
    void send(T message) throws InterruptedException;

    /**
     * Sends a message and waits for room for a limited time.
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
     * Receives the next message and waits for it.
     *
     * @return the message
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and all its messages were received
     * @throws dev.procession.core.UndecodableException if the message cannot be decoded here; it is
     *     consumed, and its bytes are in the exception
     * @throws PipeException if this end was closed or has moved, or the next message is one of
     *     bytes, which is not consumed
     */
    T receive() throws InterruptedException;

    /**
     * Receives the next message and waits for it for a limited time.
     *
     * @param timeout how long at most
     * @return the message; empty if there was none in time, or if it was null
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and all its messages were received
     * @throws PipeException if this end was closed or has moved, or the next message is one of
     *     bytes, which is not consumed
     */
    Optional<T> receive(Duration timeout) throws InterruptedException;

    /**
     * Waits until a receive would not block.
     *
     * @param timeout how long at most; zero to return at once
     * @return true if there is a message or the end; false if there was neither in time
     * @throws InterruptedException if this thread was interrupted
     * @throws PipeException if this end was closed or has moved
     */
    boolean poll(Duration timeout) throws InterruptedException;

    /**
     * Sends a message of raw bytes, which only the {@code receiveBytes} methods receive. Blocks as
     * {@link #send} does.
     *
     * @param bytes the bytes from its position to its limit; both are unchanged
     * @throws InterruptedException if this thread was interrupted; nothing was sent
     * @throws EndOfPipeException if the other end has ended
     * @throws PipeException as for {@link #send}
     */
    void sendBytes(ByteBuffer bytes) throws InterruptedException;

    /**
     * Sends a message of raw bytes and waits for room for a limited time.
     *
     * @param bytes the bytes from its position to its limit; both are unchanged
     * @param timeout how long at most; zero to send only if there is room
     * @return false, and nothing was sent, when there was no room in time
     * @throws InterruptedException if this thread was interrupted; nothing was sent
     * @throws EndOfPipeException if the other end has ended
     * @throws PipeException as for {@link #send(Object, Duration)}
     */
    boolean sendBytes(ByteBuffer bytes, Duration timeout) throws InterruptedException;

    /**
     * Reads a channel and sends what it reads as one message of raw bytes. The message may have any
     * length: only a small part of it is in memory at a time. Blocks as {@link #send} does.
     *
     * @param from a blocking channel; if it ends too early or fails, the message is not received
     * @param bytes how many bytes to read and send
     * @throws InterruptedException if this thread was interrupted; the message is not received
     * @throws EndOfPipeException if the other end has ended
     * @throws PipeException as for {@link #send(Object, Duration)}, or if the channel ended too
     *     early
     */
    void sendFrom(ReadableByteChannel from, long bytes) throws InterruptedException;

    /**
     * Receives the next message, of raw bytes, and waits for it.
     *
     * @return its bytes, a new array
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and all its messages were received
     * @throws PipeException if this end was closed or has moved, or the next message is an object,
     *     which is not consumed
     */
    byte[] receiveBytes() throws InterruptedException;

    /**
     * Receives the next message, of raw bytes, and waits for it for a limited time.
     *
     * @param timeout how long at most
     * @return its bytes, a new array; empty if there was none in time
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and all its messages were received
     * @throws PipeException as for {@link #receiveBytes()}
     */
    Optional<byte[]> receiveBytes(Duration timeout) throws InterruptedException;

    /**
     * Receives the next message, of raw bytes, into a buffer, and waits for it.
     *
     * @param into gets the bytes at its position, which moves behind them
     * @return the length of the message in bytes
     * @throws InterruptedException if this thread was interrupted; no message is lost
     * @throws EndOfPipeException if the other end has ended and all its messages were received
     * @throws MessageSizeException if the buffer is too small; the exception has the length of the
     *     message, which is not consumed
     * @throws PipeException as for {@link #receiveBytes()}
     */
    int receiveBytes(ByteBuffer into) throws InterruptedException;

    /**
     * Receives the next message, of raw bytes, waits for it, and writes its parts to a channel as
     * they arrive. The message may have any length: only a small part of it is in memory at a time.
     *
     * @param into a blocking channel; if this method throws, a part may have been written, and the
     *     rest of the message is dropped
     * @return the length of the message in bytes
     * @throws InterruptedException if this thread was interrupted
     * @throws EndOfPipeException if the other end has ended before the message was complete
     * @throws PipeException as for {@link #receiveBytes()}, or if the channel failed, or the sender
     *     did not complete the message
     */
    long receiveInto(WritableByteChannel into) throws InterruptedException;

    /**
     * Waits until at least one connection has a message or is at its end: Python's {@code
     * multiprocessing.connection.wait}.
     *
     * @param connections the connections to wait for: ends of pipes or of listeners
     * @param timeout how long at most; zero to return at once
     * @return the connections whose {@code receive} would not block; empty if there were none in
     *     time
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
     * @param connections the connections to wait for: ends of pipes or of listeners
     * @param children the children to wait for
     * @param timeout how long at most; zero to return at once
     * @return what is ready; empty if nothing was ready in time
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

    /** Closes this end. Does nothing if it was closed or has moved to another process. */
    @Override
    void close();
}
