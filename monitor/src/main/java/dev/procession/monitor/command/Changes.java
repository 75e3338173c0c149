package dev.procession.monitor.command;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * What changes from one look to the next: tasks in a second, processor time, and since when a task
 * has been seen to run. Used by one thread.
 */
final class Changes {

    private record PoolKey(String session, long pool) {}

    private record TaskKey(PoolKey pool, long task, int attempt) {}

    /** What a look has counted. */
    private static final class Counts {

        private final Map<PoolKey, Long> done = new HashMap<>();
        private final Map<Long, Double> processorTimes = new HashMap<>();
        private final Map<TaskKey, Long> runningSince = new HashMap<>();
        private final long at;

        Counts(long at) {
            this.at = at;
        }
    }

    private Counts before = new Counts(0);
    private Counts now = new Counts(0);

    /** Another look was taken. */
    void next(MachineSnapshot machine) {
        Counts counts = new Counts(machine.at());
        for (ProgramSnapshot program : machine.programs()) {
            counts.processorTimes.put(program.pid(), program.processorTime());
            for (PoolSnapshot pool : program.pools()) {
                PoolKey key = new PoolKey(program.session(), pool.number());
                counts.done.put(key, done(pool));
                for (WorkerSnapshot worker : pool.workers()) {
                    counts.processorTimes.put(worker.pid(), worker.processorTime());
                }
                for (TaskSnapshot task : pool.tasks()) {
                    if (Running.is(task)) {
                        TaskKey running = new TaskKey(key, task.id(), task.attempt());
                        counts.runningSince.put(
                                running, now.runningSince.getOrDefault(running, machine.at()));
                    }
                }
            }
        }
        before = now;
        now = counts;
    }

    /** Returns how many tasks end in a second; empty while that is not known. */
    OptionalDouble throughput(ProgramSnapshot program, PoolSnapshot pool) {
        Long earlier = before.done.get(new PoolKey(program.session(), pool.number()));
        return earlier == null || seconds() <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, done(pool) - earlier) / seconds());
    }

    /** Returns how much of one processor a process uses, 1 for all; empty if it is not known. */
    OptionalDouble processors(long pid, double processorTime) {
        Double earlier = before.processorTimes.get(pid);
        return earlier == null || seconds() <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, processorTime - earlier) / seconds());
    }

    /** Returns for how many seconds a task has run at least; 0 if it was not seen to run. */
    double running(ProgramSnapshot program, PoolSnapshot pool, TaskSnapshot task) {
        PoolKey key = new PoolKey(program.session(), pool.number());
        Long since = now.runningSince.get(new TaskKey(key, task.id(), task.attempt()));
        return since == null ? 0 : seconds(now.at - since);
    }

    private double seconds() {
        return before.at == 0 ? 0 : seconds(now.at - before.at);
    }

    private static double seconds(long millis) {
        return millis / (double) TimeUnit.SECONDS.toMillis(1);
    }

    private static long done(PoolSnapshot pool) {
        return pool.succeeded() + pool.failed() + pool.cancelled();
    }
}
