/**
 * Lanes: messages of bytes between two processes through shared memory, in every process.
 *
 * <p>The entry point is {@link dev.procession.core.lane.LaneEnd}. A lane is two rings, one for each
 * direction, each with one writer and one reader, and an owner word for each end. What is too large
 * for a ring goes into a spill file, whose name goes through the ring. A side that has waited in
 * vain for a moment sleeps on a doorbell, a socket; every sleep is bounded, because the other side
 * may have died before it could wake this one.
 *
 * <p>A message becomes visible by one aligned release store and is consumed by one. Waits take
 * nanoseconds, {@link dev.procession.core.time.Timeout#FOREVER} without a limit, and end with an
 * interrupt, which closes nothing.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.lane;

import org.jspecify.annotations.NullMarked;
