package dev.procession.core.snapshot;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A task that has left a pool: a bar of the task stream.
 *
 * @param number counts the ended tasks of the process, while somebody asks
 * @param pool the pool's name
 * @param task the task's description: its name, or its number
 * @param worker the index of the worker that had it last; -1 if none did
 * @param attempt which attempt it was, from 1 on
 * @param end how it ended, as in flight recordings: {@code returned}, {@code threw}, ...
 * @param at when it ended, in milliseconds since 1970
 * @param runTime for how many seconds it ran; 0 where that is not known
 */
public record TaskEnded(
        long number,
        String pool,
        @Nullable String task,
        int worker,
        int attempt,
        String end,
        long at,
        double runTime)
        implements Serializable {}
