/**
 * Pipes between two processes: the counterpart of Python's {@code multiprocessing.Pipe} and {@code
 * multiprocessing.connection}.
 *
 * <p><b>Tour.</b> There are two entry points. {@link dev.procession.pipe.Pipe} opens a pair of
 * {@link dev.procession.pipe.Connection}s through shared memory, one of which usually moves to
 * another process. {@link dev.procession.pipe.Listener} is bound to an address at which unrelated
 * processes connect; its connections go through a socket, after a {@code ListenerHandshake}. Both
 * kinds are a {@code WireConnection} over an end that carries records of bytes: {@code Outbox} cuts
 * messages into records and sends them, {@code Inbox} receives records and puts an {@code
 * IncomingMessage} together. An end that is sent inside a message travels as a {@code
 * ConnectionHandle}; {@code EndsInTransit} finds those whose receiver has died. {@code WaitAny}
 * waits for several connections and children.
 *
 * <p><b>Where it runs.</b> The same code runs in both processes of a pipe. A listener runs in the
 * process that binds it.
 *
 * <p><b>Time-outs.</b> A timeout is for one operation. Inside, it is a number of nanoseconds, of
 * which {@code Timeout.FOREVER} means no limit, or a {@code Timeout} that several steps share. A
 * send whose time is over has sent nothing; a receive whose time is over keeps the parts that have
 * come for the next receive. Each sleep is bounded.
 *
 * <p><b>Memory.</b> A pipe maps one segment with a ring for each direction. What the receiver does
 * not read in time goes to spill files, or makes the sender wait. A message is in memory as a whole
 * except with {@code sendFrom} and {@code receiveInto}.
 *
 * <p><b>Threads.</b> The public types are thread-safe, except the builder of options. Each
 * connection has one lock for senders and one for receivers, held while a thread waits, so that
 * messages stay whole; user code, which encodes and decodes, runs outside both. A listener has one
 * thread that accepts, and one for each handshake. One thread checks ends in transit while there
 * are any.
 *
 * <p><b>Death.</b> The death of the other process is the end of the stream, after all messages that
 * it had sent: an {@link dev.procession.pipe.EndOfPipeException}.
 */
@NullMarked
package dev.procession.pipe;

import org.jspecify.annotations.NullMarked;
