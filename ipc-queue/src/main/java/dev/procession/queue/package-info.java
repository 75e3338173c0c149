/**
 * The queue between processes: {@link dev.procession.queue.ProcessQueue}, a {@link
 * java.util.concurrent.BlockingQueue} that any number of processes put into and take from.
 *
 * <p>A queue is made by {@code ProcessQueue.create} or its builder, and given to other processes by
 * being captured or sent. Its elements are copied, so nothing is shared but the queue itself. What
 * a thread waits for it waits for without a lock; timeouts are for one operation.
 *
 * <p>Failures are {@link dev.procession.queue.QueueException}s: what the memory or the file system
 * refuses, and {@link dev.procession.queue.QueueClosedException} for the end of the queue.
 */
@NullMarked
package dev.procession.queue;

import org.jspecify.annotations.NullMarked;
