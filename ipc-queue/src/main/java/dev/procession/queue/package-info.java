/**
 * The queue between processes: {@link dev.procession.queue.ProcessQueue}, a {@link
 * java.util.concurrent.BlockingQueue} that any number of processes put into and take from.
 *
 * <p><b>Tour.</b> The entry point is {@code ProcessQueue.create} or its builder. {@code OpenQueues}
 * has one {@code QueueCore} for each queue that this process uses. The core makes the parts that do
 * the work: {@code QueueProducer} puts bytes, {@code QueueConsumer} takes and leases them, {@code
 * QueueContent} reads and removes at any position, {@code QueueSpillFiles} stores what is too large
 * for the ring. All of them work on the two-lock ring in shared memory. {@code QueueWaits} decides
 * who waits and who is woken; {@code WaitRoom} holds the waiting threads of this process, {@code
 * QueueBell} is the socket that other processes wake it by, and {@code BellConnections} are this
 * process's connections to the bells of others. {@code ElementCodec} and {@code BulkOperations}
 * turn the face's objects into bytes.
 *
 * <p><b>Where it runs.</b> The same code runs in each process that uses a queue; none of them has a
 * special role, and no process or thread serves a queue.
 *
 * <p><b>Time-outs.</b> A timeout is for one operation. Inside, a wait is a number of nanoseconds,
 * of which {@code Timeout.FOREVER} means no limit; 0 does not wait for an element or for room, but
 * does wait for a lock, which is held for a few copies. Each sleep is bounded, because the process
 * that should end it may have died.
 *
 * <p><b>Memory.</b> A queue maps one segment, whose size is set when the queue is made. Elements
 * are copied; a spill file belongs to the queue from the moment that a record names it. The process
 * that takes the last element of a closed queue frees its memory.
 *
 * <p><b>Threads.</b> The public types are thread-safe, except the builder. User code, which encodes
 * and decodes, runs while no lock is held. A waiting thread holds no lock. No thread is started
 * here.
 *
 * <p><b>Failures</b> are {@link dev.procession.queue.QueueException}s: what the memory or the file
 * system refuses, and {@link dev.procession.queue.QueueClosedException} for the end of the queue.
 */
@NullMarked
package dev.procession.queue;

import org.jspecify.annotations.NullMarked;
