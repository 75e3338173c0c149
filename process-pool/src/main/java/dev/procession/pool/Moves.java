package dev.procession.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * What was decided under the dispatcher's lock and is done after it is released, for it takes long
 * or runs the user's code.
 *
 * @param starts slots in which a worker is to be started
 * @param endings tasks that have ended
 */
record Moves(List<WorkerSlot> starts, List<Ending> endings) {

    /**
     * A task that has ended, and how.
     *
     * @param task the task
     * @param verdict what its future is told
     */
    record Ending(Task task, Verdict verdict) {}

    Moves() {
        this(new ArrayList<>(0), new ArrayList<>(0));
    }

    /** Under the lock. The first verdict on a task stays, however late its future is told. */
    void ended(Task task, Verdict verdict) {
        if (task.settle()) {
            endings.add(new Ending(task, verdict));
        } else {
            verdict.discard();
        }
    }
}
