package dev.procession.pool.dispatch;

import dev.procession.core.Codec;
import dev.procession.core.launch.EntryPoint;
import dev.procession.core.launch.LaunchOptions;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.pool.TaskContext;
import dev.procession.pool.WhenFull;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a pool was built with.
 *
 * @param entryPoint the class that a worker runs
 * @param log the log of what happens to workers and tasks
 * @param failures what makes the exceptions of users
 * @param launch how workers are started, and the pool's name
 * @param codec what turns tasks and results into bytes
 * @param setup what a worker does before its first task, encoded
 * @param workers how many workers at most, at first
 * @param minWorkers how many are kept when idle
 * @param spare whether a worker more is kept ready
 * @param idleNanos how long a worker stays without work; {@link Timeout#FOREVER} without a limit
 * @param maxTasks how many tasks a worker runs; 0 for any number
 * @param maxResidentBytes how much memory a worker may have resident; 0 for any amount
 * @param taskTimeoutNanos how long a task without a timeout of its own may run; {@link
 *     Timeout#FOREVER} without a limit
 * @param retries how often a task without a number of its own is repeated
 * @param queueCapacity how many tasks may wait; 0 for any number
 * @param whenFull what happens to a task when the queue is full
 * @param graceNanos how long an interrupted task has before its worker is killed
 * @param contexts what travels with each task
 * @param discoverContexts whether contexts travel, too, that are found
 * @param dependents what runs dependent actions; null for threads of the pool
 */
public record PoolOptions(
        Class<? extends EntryPoint> entryPoint,
        Log log,
        PoolFailures failures,
        LaunchOptions launch,
        Codec codec,
        byte[] setup,
        int workers,
        int minWorkers,
        boolean spare,
        long idleNanos,
        long maxTasks,
        long maxResidentBytes,
        long taskTimeoutNanos,
        int retries,
        int queueCapacity,
        WhenFull whenFull,
        long graceNanos,
        List<TaskContext<?>> contexts,
        boolean discoverContexts,
        @Nullable Executor dependents) {

    public String name() {
        return launch.name();
    }

    /** Returns what messages and threads call a worker. */
    String workerName(int index) {
        return name() + "-" + index;
    }
}
