package dev.procession.monitor.command;

import dev.procession.core.snapshot.WorkerSnapshot;
import java.util.Comparator;
import java.util.function.ToDoubleFunction;

/** By what the workers of a pool are sorted. */
enum Order {
    /** By their places in the pool. */
    INDEX('i', "index"),
    /** Those whose tasks run longest come first. */
    TASK('t', "task time"),
    /** Those that use the processors most come first. */
    PROCESSOR('c', "cpu"),
    /** The largest come first. */
    MEMORY('m', "memory"),
    /** Those that have done most tasks come first. */
    DONE('d', "done"),
    /** By their process ids. */
    PID('p', "pid");

    private final char key;
    private final String title;

    Order(char key, String title) {
        this.key = key;
        this.title = title;
    }

    /** The key that chooses it. */
    char key() {
        return key;
    }

    String title() {
        return title;
    }

    /**
     * Returns the order.
     *
     * @param taskTime for how long a worker's task runs
     * @param processors how much of a processor a worker uses
     */
    Comparator<WorkerSnapshot> comparator(
            ToDoubleFunction<WorkerSnapshot> taskTime,
            ToDoubleFunction<WorkerSnapshot> processors) {
        Comparator<WorkerSnapshot> first =
                switch (this) {
                    case INDEX -> Comparator.comparingInt(WorkerSnapshot::index);
                    case TASK -> Comparator.comparingDouble(taskTime).reversed();
                    case PROCESSOR -> Comparator.comparingDouble(processors).reversed();
                    case MEMORY ->
                            Comparator.comparingLong(WorkerSnapshot::residentBytes).reversed();
                    case DONE -> Comparator.comparingLong(WorkerSnapshot::tasksDone).reversed();
                    case PID -> Comparator.comparingLong(WorkerSnapshot::pid);
                };
        return first.thenComparingInt(WorkerSnapshot::index);
    }
}
