package dev.procession.core.snapshot;

import java.io.Serializable;
import java.util.List;

/**
 * A pool of workers.
 *
 * @param number its number in its process, for questions about it
 * @param name its name
 * @param limit how many workers it may have
 * @param shutdown whether it accepts no task any more
 * @param queued tasks that no worker has begun
 * @param running tasks that run
 * @param submitted tasks that were accepted ever
 * @param succeeded tasks that returned
 * @param failed tasks that failed in any way
 * @param cancelled tasks that were cancelled
 * @param timedOut tasks among the failed that ran for too long
 * @param crashed tasks among the failed whose workers died
 * @param retried attempts that failed and were repeated
 * @param workersStarted processes that it has started
 * @param workersLost processes among them that did not end by themselves
 * @param runTimes how long its tasks ran
 * @param waitTimes how long its tasks were under way otherwise
 * @param workers its workers
 * @param tasks its tasks, those of the workers first; not all if there are many
 * @param moreTasks how many tasks are left out
 * @param failures its last failures, the oldest one first
 */
public record PoolSnapshot(
        long number,
        String name,
        int limit,
        boolean shutdown,
        int queued,
        int running,
        long submitted,
        long succeeded,
        long failed,
        long cancelled,
        long timedOut,
        long crashed,
        long retried,
        long workersStarted,
        long workersLost,
        TimesSnapshot runTimes,
        TimesSnapshot waitTimes,
        List<WorkerSnapshot> workers,
        List<TaskSnapshot> tasks,
        int moreTasks,
        List<FailureSnapshot> failures)
        implements Serializable {}
