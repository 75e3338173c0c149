package dev.procession.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * What was decided under the dispatcher's lock and is done after it is released, for it takes long
 * or runs the user's code.
 *
 * @param starts slots in which a worker is to be started
 * @param failures tasks that could not be sent
 */
record Moves(List<WorkerSlot> starts, List<Failure> failures) {

    /**
     * A task that failed before any worker had it.
     *
     * @param task the task
     * @param cause why
     */
    record Failure(Task task, Throwable cause) {}

    Moves() {
        this(new ArrayList<>(0), new ArrayList<>(0));
    }
}
