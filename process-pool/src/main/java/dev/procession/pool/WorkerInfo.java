package dev.procession.pool;

import org.jspecify.annotations.Nullable;

/**
 * One worker at one moment; out of date when it is read.
 *
 * @param index its place in the pool, from 0; a replacement takes its predecessor's
 * @param pid its process id
 * @param state where it is in its life
 * @param task the number of the task it is running, or null
 */
public record WorkerInfo(int index, long pid, WorkerState state, @Nullable String task) {}
