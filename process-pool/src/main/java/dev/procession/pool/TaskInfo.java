package dev.procession.pool;

import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of one task that is in a pool.
 *
 * @param id as {@link TaskFuture#id} returns it
 * @param name the name that it was {@linkplain TaskOptions.Builder#name given}, or null
 * @param state whether it waits or runs
 * @param worker the index of the worker that has it; empty while it waits for one
 * @param attempt which attempt this is, from 1 on; more than 1 after a retry
 * @param age the time since it was submitted
 * @param progress how far it says it is, from 0 to 1; 0 while it waits
 */
public record TaskInfo(
        long id,
        @Nullable String name,
        TaskState state,
        OptionalInt worker,
        int attempt,
        Duration age,
        double progress) {}
