package dev.procession.core.snapshot;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One of the last failures of a pool.
 *
 * @param task the task's number in the pool
 * @param name the task's name, or null
 * @param at when its future failed, in milliseconds since 1970
 * @param exception the name of the exception's class
 * @param message its message, shortened if it is long; null if it has none
 * @param stack its stack trace, shortened if it is long; null where the pool did not keep it
 * @param worker the index of the worker that ran it; -1 if none did
 */
public record FailureSnapshot(
        long task,
        @Nullable String name,
        long at,
        String exception,
        @Nullable String message,
        @Nullable String stack,
        int worker)
        implements Serializable {}
