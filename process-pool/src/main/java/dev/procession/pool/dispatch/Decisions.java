package dev.procession.pool.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided under the pool's lock and is done after it is released, because it takes long or
 * runs the user's code. Usually it is nothing. Used by one thread.
 */
final class Decisions {

    private @Nullable ArrayList<WorkerRun> starts;
    private @Nullable ArrayList<Ending> endings;

    /**
     * A task that has ended without an outcome of its worker, and how.
     *
     * @param task the task
     * @param settlement what its future is completed with
     * @param end how that is counted
     */
    record Ending(Task task, Settlement settlement, TaskEnd end) {}

    /** Returns the workers that are to be started. */
    List<WorkerRun> starts() {
        return starts == null ? List.of() : starts;
    }

    /** Returns the tasks that have ended. */
    List<Ending> endings() {
        return endings == null ? List.of() : endings;
    }

    /**
     * Under the lock. The first settlement of a task counts, however late its future is completed.
     */
    void ended(Task task, Settlement settlement, TaskEnd end) {
        ended(prepare(task, settlement, end));
    }

    /** Allocates all that {@link #ended(Ending)} needs, which then cannot fail. */
    Ending prepare(Task task, Settlement settlement, TaskEnd end) {
        reserve(1);
        return new Ending(task, settlement, end);
    }

    /** Allocates all that {@link #start} needs, which then cannot fail. */
    void reserveStart() {
        if (starts == null) {
            starts = new ArrayList<>();
        }
        starts.ensureCapacity(starts.size() + 1);
    }

    /** Under the lock. A worker for which a slot is reserved is to be started. */
    void start(WorkerRun reserved) {
        reserveStart();
        starts().add(reserved);
    }

    /** Makes room for so many endings. */
    void reserve(int more) {
        if (endings == null) {
            endings = new ArrayList<>();
        }
        endings.ensureCapacity(endings.size() + more);
    }

    /** Under the lock. Counts the first settlement of a task, and discards any other. */
    void ended(Ending ending) {
        if (ending.task().settle()) {
            reserve(1);
            endings().add(ending);
        } else {
            ending.settlement().discard();
        }
    }
}
