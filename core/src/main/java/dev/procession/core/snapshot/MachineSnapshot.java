package dev.procession.core.snapshot;

import java.io.Serializable;
import java.util.List;

/**
 * All programs of this user on this machine that use Procession.
 *
 * @param at when it was taken, in milliseconds since 1970
 * @param programs the programs, the oldest first, and after them what dead ones have left
 * @param queues the queues with a name, which belong to no program; those without are with the
 *     program whose process made them
 */
public record MachineSnapshot(long at, List<ProgramSnapshot> programs, List<QueueSnapshot> queues)
        implements Serializable {}
