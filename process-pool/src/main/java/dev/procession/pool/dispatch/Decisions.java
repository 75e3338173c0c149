package dev.procession.pool.dispatch;

import java.util.ArrayList;
import java.util.List;

/**
 * What was decided under the pool's lock and is done after it is released, because it takes long or
 * runs the user's code. Used by one thread.
 *
 * @param starts workers that are to be started
 * @param endings tasks that have ended
 * @param killed workers that were killed because of what they sent
 */
record Decisions(
        ArrayList<WorkerRun> starts, ArrayList<Ending> endings, List<ProtocolError> killed) {

    /**
     * A task that has ended, and how.
     *
     * @param task the task
     * @param settlement what its future is completed with
     */
    record Ending(Task task, Settlement settlement) {}

    /**
     * A worker that sent something that no worker sends.
     *
     * @param worker its name
     * @param cause the failure of reading or handling it
     */
    record ProtocolError(String worker, Throwable cause) {}

    Decisions() {
        this(new ArrayList<>(0), new ArrayList<>(0), new ArrayList<>(0));
    }

    /**
     * Under the lock. The first settlement of a task counts, however late its future is completed.
     */
    void ended(Task task, Settlement settlement) {
        ended(prepare(task, settlement));
    }

    /** Allocates all that {@link #ended(Ending)} needs, which then cannot fail. */
    Ending prepare(Task task, Settlement settlement) {
        reserve(1);
        return new Ending(task, settlement);
    }

    /** Allocates all that {@link #start} needs, which then cannot fail. */
    void reserveStart() {
        starts.ensureCapacity(starts.size() + 1);
    }

    /** Under the lock. A worker for which a slot is reserved is to be started. */
    void start(WorkerRun reserved) {
        starts.add(reserved);
    }

    /** Makes room for so many endings. */
    void reserve(int more) {
        endings.ensureCapacity(endings.size() + more);
    }

    /** Under the lock. Counts the first settlement of a task, and discards any other. */
    void ended(Ending ending) {
        if (ending.task().settle()) {
            endings.add(ending);
        } else {
            ending.settlement().discard();
        }
    }
}
