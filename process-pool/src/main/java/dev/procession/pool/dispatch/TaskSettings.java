package dev.procession.pool.dispatch;

import dev.procession.core.time.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * How one task is run: what the user said about it, and the pool's defaults for the rest.
 *
 * @param timeoutNanos how long it may run; {@link Timeout#FOREVER} without a limit
 * @param retries how many times it is run again when its worker dies
 * @param priority tasks of a higher priority begin before it
 * @param name its name in messages, or null
 */
public record TaskSettings(long timeoutNanos, int retries, int priority, @Nullable String name) {}
