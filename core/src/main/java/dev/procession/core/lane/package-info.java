/**
 * Lanes: messages of bytes between two processes through shared memory, in every process.
 *
 * <p>The entry point is {@link dev.procession.core.lane.LaneEnd}. A lane is two rings, one for each
 * direction, each with one writer and one reader, and an owner word for each end. A message that is
 * too large for a ring goes into a spill file, whose name goes through the ring. A thread that
 * waits spins for a moment, then sleeps on a doorbell, a socket; every sleep is bounded, because
 * the other process may have died before it could wake this one.
 *
 * <p>A message becomes visible by one aligned release store and is consumed by one. Waits take
 * nanoseconds, {@link dev.procession.core.time.Timeout#FOREVER} without a limit, and an interrupt
 * ends them and closes nothing.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.lane;

import org.jspecify.annotations.NullMarked;
