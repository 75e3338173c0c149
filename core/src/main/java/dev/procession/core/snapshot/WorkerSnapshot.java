package dev.procession.core.snapshot;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A worker of a pool.
 *
 * @param index its place in the pool, from 0; a replacement takes its predecessor's
 * @param pid its process
 * @param state {@code STARTING}, {@code IDLE}, {@code BUSY}, {@code DRAINING} or {@code DEAD}
 * @param task the number of the task that it runs, or null
 * @param age seconds since it was started
 * @param tasksDone how many tasks have ended in it
 * @param heapBytes what it needed of its heap when it last ended a task; 0 before
 * @param residentBytes its resident memory; 0 where the system does not tell
 * @param processorTime seconds of processor time that it has used; 0 where the system does not tell
 * @param restarts how many processes its place had before this one
 */
public record WorkerSnapshot(
        int index,
        long pid,
        String state,
        @Nullable String task,
        double age,
        long tasksDone,
        long heapBytes,
        long residentBytes,
        double processorTime,
        int restarts)
        implements Serializable {}
