package dev.procession.pool;

import dev.procession.core.Codec;
import dev.procession.core.lane.LaneEnd;
import dev.procession.manager.Manager;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The worker that runs the current task, seen from inside the task. One instance for each task;
 * safe for all threads of the task.
 */
public final class Worker {

    private static volatile @Nullable Worker current;

    /** The pool's manager, encoded until a task asks for it: connecting takes time. */
    private static byte @Nullable [] managerBytes;

    private static @Nullable Manager manager;

    private final int index;
    private final long taskId;
    private final LaneEnd lane;

    Worker(int index, long taskId, LaneEnd lane) {
        this.index = index;
        this.taskId = taskId;
        this.lane = lane;
    }

    /**
     * The worker that this code runs in; threads that a task starts may ask too.
     *
     * @return the worker, as it was when its current task began
     * @throws IllegalStateException if this JVM is no pool's worker, or it runs no task now
     */
    public static Worker current() {
        Worker worker = current;
        if (worker == null) {
            throw new IllegalStateException(
                    "no task of a process pool runs in this JVM: pid="
                            + ProcessHandle.current().pid());
        }
        return worker;
    }

    static synchronized void share(byte @Nullable [] encodedManager) {
        managerBytes = encodedManager;
    }

    private static synchronized Manager connectedManager() {
        Manager connected = manager;
        byte[] bytes = managerBytes;
        if (connected == null && bytes != null) {
            connected = (Manager) Codec.standard().decode(ByteBuffer.wrap(bytes));
            manager = connected;
        }
        if (connected == null) {
            throw new IllegalStateException("the pool was built without a manager");
        }
        return connected;
    }

    static void enter(Worker worker) {
        current = worker;
    }

    static void leave() {
        current = null;
    }

    /**
     * This process's id.
     *
     * @return the pid
     */
    public long pid() {
        return ProcessHandle.current().pid();
    }

    /**
     * The worker's place in its pool.
     *
     * @return from 0 to the number of workers less one, with a spare worker one more; a replacement
     *     has its predecessor's
     */
    public int index() {
        return index;
    }

    /**
     * The number of the task that is running.
     *
     * @return the number that {@link TaskFuture#id} gives in the parent
     */
    public long taskId() {
        return taskId;
    }

    /**
     * The manager that the pool was {@linkplain ProcessPoolExecutor.Builder#manager built with},
     * connected from this worker at the first call. It is the worker's: do not close it.
     *
     * @return the same one for all tasks of a worker
     * @throws IllegalStateException if the pool has none
     */
    public Manager manager() {
        return connectedManager();
    }

    /**
     * Says how far the task is. It costs nanoseconds: the parent looks when {@link
     * TaskFuture#progress} is asked, and sees what was said last. Does nothing once the task has
     * ended.
     *
     * @param value from 0, the beginning, to 1, the end
     * @throws IllegalArgumentException if it is not in that range
     */
    public void progress(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    "progress goes from 0 to 1: progress=" + value + ", task=" + taskId);
        }
        if (current == this) {
            TaskWord.setProgress(lane, value);
        }
    }
}
