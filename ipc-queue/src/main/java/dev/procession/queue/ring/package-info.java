/**
 * The queue's ring in shared memory, in every process that uses the queue. It handles bytes only.
 *
 * <p>The entry point is {@link dev.procession.queue.ring.TwoLockRing}: producers append under one
 * lock that survives the death of its owner, consumers take under another one, and no path holds
 * both. {@link dev.procession.queue.ring.QueueLayout} draws the words. Waiting and waking belong to
 * the package above; only the locks wait here, for nanoseconds, {@link
 * dev.procession.core.time.Timeout#FOREVER} without a limit.
 */
@NullMarked
package dev.procession.queue.ring;

import org.jspecify.annotations.NullMarked;
