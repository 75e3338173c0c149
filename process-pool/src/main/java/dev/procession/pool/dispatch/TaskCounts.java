package dev.procession.pool.dispatch;

/**
 * How many tasks a pool has.
 *
 * @param queued tasks that no worker has begun, as far as the pool knows
 * @param running tasks that workers are running
 * @param ever what has happened since the pool began
 */
public record TaskCounts(int queued, int running, PoolCounters.Snapshot ever) {}
