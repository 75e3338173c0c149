package dev.procession.core.snapshot;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A task that is in a pool.
 *
 * @param id its number in the pool
 * @param name its name, or null
 * @param state {@code WAITING} or {@code RUNNING}
 * @param worker the index of the worker that has it; -1 while it waits for one
 * @param attempt which attempt this is, from 1 on
 * @param age seconds since it was submitted
 * @param progress how far it says it is, from 0 to 1
 */
public record TaskSnapshot(
        long id,
        @Nullable String name,
        String state,
        int worker,
        int attempt,
        double age,
        double progress)
        implements Serializable {}
