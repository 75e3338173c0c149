package dev.procession.pool.worker;

import dev.procession.core.lane.LaneEnd;
import dev.procession.pool.protocol.TaskWord;
import org.jspecify.annotations.Nullable;

/** The task that this worker runs, as code inside the task sees it. Safe for all its threads. */
public final class CurrentTask {

    /** Written by the worker's main thread, read by any thread. */
    private static volatile @Nullable CurrentTask current;

    private final int index;
    private final long taskId;
    private final LaneEnd lane;

    CurrentTask(int index, long taskId, LaneEnd lane) {
        this.index = index;
        this.taskId = taskId;
        this.lane = lane;
    }

    /** Returns the task that runs now; null if none does, or this JVM is no worker. */
    public static @Nullable CurrentTask get() {
        return current;
    }

    static void enter(CurrentTask task) {
        current = task;
    }

    static void leave() {
        current = null;
    }

    /** Returns the worker's place in its pool. */
    public int index() {
        return index;
    }

    /** Returns the id of the task. */
    public long taskId() {
        return taskId;
    }

    /** Stores how far the task is, where the parent sees it; does nothing once it has ended. */
    public void setProgress(double progress) {
        if (current == this) {
            TaskWord.setProgress(lane, progress);
        }
    }
}
