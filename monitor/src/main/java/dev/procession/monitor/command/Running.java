package dev.procession.monitor.command;

import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import java.util.Optional;

/** Which task runs, and where. */
final class Running {

    private static final String STATE = "RUNNING";
    private static final int PERCENT = 100;

    private Running() {}

    static boolean is(TaskSnapshot task) {
        return task.state().equals(STATE);
    }

    /** Returns the task that a worker runs, if it is known. */
    static Optional<TaskSnapshot> of(PoolSnapshot pool, WorkerSnapshot worker) {
        TaskSnapshot found = null;
        for (TaskSnapshot task : pool.tasks()) {
            if (is(task) && task.worker() == worker.index()) {
                if (Long.toString(task.id()).equals(worker.task())) {
                    return Optional.of(task);
                }
                found = found == null ? task : found;
            }
        }
        return Optional.ofNullable(found);
    }

    /** Such as {@code 17 resize, attempt 2, 40 %}. */
    static String text(TaskSnapshot task) {
        StringBuilder text = new StringBuilder(name(task));
        if (task.attempt() > 1) {
            text.append(", attempt ").append(task.attempt());
        }
        if (task.progress() > 0) {
            text.append(", ").append(Math.round(task.progress() * PERCENT)).append(" %");
        }
        return text.toString();
    }

    /** Such as {@code 17 resize}. */
    static String name(TaskSnapshot task) {
        return task.name() == null
                ? Long.toString(task.id())
                : task.id() + " " + Words.safe(task.name());
    }
}
