package dev.procession.pool.dispatch;

import dev.procession.core.time.Timeout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one task is run: what the user said about it, and the pool's defaults for the rest.
 *
 * @param timeoutNanos how long it may run; {@link Timeout#FOREVER} without a limit
 * @param noProgressNanos how long it may run without progress; {@link Timeout#FOREVER} without a
 *     limit
 * @param retries how many times it is run again
 * @param retryOn the exceptions after which it is run again, beside the death of its worker
 * @param retryPauseNanos how long it waits before it is run again
 * @param priority tasks of a higher priority begin before it
 * @param name its name in messages, or null
 */
public record TaskSettings(
        long timeoutNanos,
        long noProgressNanos,
        int retries,
        List<Class<? extends Throwable>> retryOn,
        long retryPauseNanos,
        int priority,
        @Nullable String name) {

    /** The settings of a task without options. */
    public static TaskSettings ofPool(PoolOptions pool) {
        return new TaskSettings(
                pool.taskTimeoutNanos(), Timeout.FOREVER, pool.retries(), List.of(), 0, 0, null);
    }
}
