package dev.procession.pool;

import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A task that has failed, as the pool remembers it: without its exception, which belongs to its
 * future.
 *
 * @param taskId the id of the task
 * @param taskName the name that it was given, or null
 * @param when when its future failed
 * @param exception the name of the exception's class
 * @param message the message of the exception, shortened if it is long; null if it has none
 * @param stack its stack trace with causes, cut after 8,000 characters; null if another task had
 *     failed less than 10 ms before: a storm of failures costs no more than it must
 * @param worker the index of the worker that ran it; empty if none did
 */
public record TaskFailure(
        long taskId,
        @Nullable String taskName,
        Instant when,
        String exception,
        @Nullable String message,
        @Nullable String stack,
        OptionalInt worker) {}
