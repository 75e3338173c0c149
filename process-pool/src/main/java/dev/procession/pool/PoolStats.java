package dev.procession.pool;

import dev.procession.pool.dispatch.PoolCounters;
import dev.procession.pool.dispatch.TaskCounts;

/**
 * A snapshot of what a pool has done and is doing, whose numbers are not all read at one instant. A
 * task ends in exactly one of {@code succeeded}, {@code failed} and {@code cancelled}; one whose
 * future the user has completed is counted in none.
 *
 * @param queued tasks that no worker has begun, as far as the pool knows
 * @param running tasks that workers are running, at most one each
 * @param submitted tasks that were accepted
 * @param succeeded tasks that returned
 * @param failed tasks that threw, ran out of time, lost their worker or could not be run
 * @param cancelled tasks whose futures were cancelled
 * @param timedOut tasks among the failed that ran longer than they may
 * @param crashed tasks among the failed whose workers died
 * @param retried attempts that failed and were repeated
 * @param workersStarted processes that were started
 * @param workersLost processes that did not end normally, those that the pool killed included
 * @param runTime how long the tasks ran that returned or threw
 * @param waitTime how long they were under way otherwise: until they began, and back
 */
public record PoolStats(
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
        DurationHistogram runTime,
        DurationHistogram waitTime) {

    static PoolStats of(TaskCounts counts) {
        PoolCounters.Snapshot ever = counts.ever();
        return new PoolStats(
                counts.queued(),
                counts.running(),
                ever.submitted(),
                ever.succeeded(),
                ever.failed(),
                ever.cancelled(),
                ever.timedOut(),
                ever.crashed(),
                ever.retried(),
                ever.workersStarted(),
                ever.workersLost(),
                new DurationHistogram(ever.runNanos()),
                new DurationHistogram(ever.waitNanos()));
    }
}
