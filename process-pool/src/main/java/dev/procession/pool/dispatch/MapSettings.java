package dev.procession.pool.dispatch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link MapSource} goes about it.
 *
 * @param chunkSize how many items are in a chunk; 0 adapts the number while mapping, or sends each
 *     item alone if each has a result of its own
 * @param buffer how many chunks are submitted ahead at most
 * @param unordered whether results come as they are done
 * @param timeout how long all of it may take; null without a limit
 */
public record MapSettings(
        int chunkSize, int buffer, boolean unordered, @Nullable Duration timeout) {}
