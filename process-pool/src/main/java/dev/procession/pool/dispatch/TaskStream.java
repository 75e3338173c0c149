package dev.procession.pool.dispatch;

import dev.procession.core.snapshot.TaskEnded;
import dev.procession.core.snapshot.TasksEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of all pools of this JVM that have ended lately, for whoever watches. Nothing is kept
 * before somebody asks, nor after as many tasks have ended as are kept and nobody has asked again.
 * Any thread may use it.
 */
public final class TaskStream {

    /** How many are kept; a power of two. */
    static final int KEPT = 4096;

    private static final AtomicReferenceArray<@Nullable TaskEnded> LAST =
            new AtomicReferenceArray<>(KEPT);

    private static final AtomicLong NEXT = new AtomicLong();

    /** Until which number somebody watches; 0 if nobody does. */
    private static volatile long watchedUntil;

    private TaskStream() {}

    /**
     * Returns what ends the event of a task that has just ended: the event that it has, if nobody
     * watches.
     */
    static PoolEvents.@Nullable OfTask ended(PoolEvents.@Nullable OfTask event) {
        return watchedUntil == 0 || event instanceof Watched ? event : new Watched(event);
    }

    /**
     * Returns the tasks that ended from a number on, and keeps those that end from now on.
     *
     * @param from the number that the answer before has named; 0 for the first question
     */
    public static TasksEnded since(long from) {
        long next = NEXT.get();
        watchedUntil = next + KEPT;
        List<TaskEnded> tasks = new ArrayList<>();
        long first = Math.max(from, next - KEPT);
        long lost = from == 0 ? 0 : first - from;
        for (long number = first; number < next; number++) {
            TaskEnded task = LAST.get((int) number & (KEPT - 1));
            if (task != null && task.number() == number) {
                tasks.add(task);
            } else if (from != 0) {
                lost++; // overwritten by a later one, or not yet written
            }
        }
        return new TasksEnded(next, lost, tasks);
    }

    private static void add(
            String pool, String task, int worker, int attempt, TaskEnd how, long runNanos) {
        long number = NEXT.getAndIncrement();
        long until = watchedUntil;
        if (until != 0 && number >= until) {
            watchedUntil = 0; // whoever watched has gone
        }
        LAST.set(
                (int) number & (KEPT - 1),
                new TaskEnded(
                        number,
                        pool,
                        task,
                        worker,
                        attempt,
                        how.label(),
                        System.currentTimeMillis(),
                        runNanos / (double) TimeUnit.SECONDS.toNanos(1)));
    }

    /** The end of a task while somebody watches; passes all on to the event that it has. */
    private static final class Watched implements PoolEvents.OfTask {

        private final PoolEvents.@Nullable OfTask recorded;
        private int worker = Settlement.Failed.NO_WORKER;
        private long runNanos;

        Watched(PoolEvents.@Nullable OfTask recorded) {
            this.recorded = recorded;
        }

        @Override
        public void ran(int by, long nanos, long waitNanos) {
            worker = by;
            runNanos = nanos;
            if (recorded != null) {
                recorded.ran(by, nanos, waitNanos);
            }
        }

        @Override
        public void endedAt(int by) {
            worker = by;
            if (recorded != null) {
                recorded.endedAt(by);
            }
        }

        @Override
        public void end(String pool, String description, int attempts, TaskEnd how) {
            add(pool, description, worker, attempts, how, runNanos);
            if (recorded != null) {
                recorded.end(pool, description, attempts, how);
            }
        }
    }
}
