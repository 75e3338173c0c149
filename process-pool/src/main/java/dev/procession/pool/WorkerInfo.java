package dev.procession.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of one worker.
 *
 * @param index its place in the pool, from 0; a replacement takes its predecessor's
 * @param pid its process id
 * @param state where it is in its life
 * @param task the id of the task it is running, or null
 * @param age the time since it was started
 * @param tasksDone how many tasks have ended in it, in any way
 * @param heapBytes how much of its heap was in use when it last ended a task, without what a
 *     collection would have freed; 0 before
 * @param residentBytes how much of its memory is resident, heap and all else; 0 where the system
 *     does not tell
 * @param restarts how many processes its place had before this one: ones that died, were killed, or
 *     were replaced
 */
public record WorkerInfo(
        int index,
        long pid,
        WorkerState state,
        @Nullable String task,
        Duration age,
        long tasksDone,
        long heapBytes,
        long residentBytes,
        int restarts) {}
