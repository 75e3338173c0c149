package dev.procession.pool.dispatch;

import dev.procession.core.launch.ChildJvm;
import dev.procession.core.time.Timeout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a pool does when time has passed: it ends tasks that run too long, kills workers whose
 * interrupted task does not end, and ends idle and exhausted workers. Called by the dispatcher's
 * thread under the lock of {@link PoolState}.
 */
final class PeriodicChecks {

    /** How long a worker may take to exit when the pool asks it to. */
    static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Blocked tasks are not looked for more often. */
    private static final long MIN_SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final PoolOptions options;
    private final LaneListener lanes;

    PeriodicChecks(PoolOptions options, LaneListener lanes) {
        this.options = options;
        this.lanes = lanes;
    }

    /** Does what is due; returns for how long nothing else will be due. */
    long run(Scheduler scheduler, long now, Decisions decisions) {
        long sleepNanos = SLEEP_NANOS;
        for (WorkerRun run : scheduler.runs()) {
            sleepNanos = Math.min(sleepNanos, killIfDue(run));
            sleepNanos = Math.min(sleepNanos, checkOldestTask(scheduler, run, now, decisions));
            if (run.tryRingAgain()) {
                sleepNanos = Math.min(sleepNanos, MIN_SLEEP_NANOS);
            }
        }
        sleepNanos = Math.min(sleepNanos, scheduler.endPauses());
        long blockedNanos = scheduler.recallBlockedTasks(now);
        sleepNanos = Math.min(sleepNanos, Math.max(MIN_SLEEP_NANOS, blockedNanos));
        scheduler.endExhausted(EXIT_NANOS);
        scheduler.endIdle(now, EXIT_NANOS);
        if (scheduler.hasWaiting()) {
            long pause = scheduler.starting().pause(now);
            sleepNanos = pause > 0 ? Math.min(sleepNanos, pause) : sleepNanos;
        }
        long sparePause = scheduler.sparePause(now);
        sleepNanos = sparePause > 0 ? Math.min(sleepNanos, sparePause) : sleepNanos;
        return Math.max(0, sleepNanos);
    }

    /**
     * Kills a worker whose time is over. Shortly before, it is asked where its task is, and the
     * answer is awaited for a bounded time. Returns for how long nothing is due.
     */
    private long killIfDue(WorkerRun run) {
        // What was not read yet may show that the interrupt was enough.
        boolean due = run.isKillDue() && !run.reader().isTaken() && !run.isReadable();
        Timeout timeout = run.killTimeout();
        if (!timeout.isLimited() || timeout.remainingNanos() > StackRequest.BOUND_NANOS) {
            return Math.min(
                    SLEEP_NANOS, timeout.isLimited() ? timeout.remainingNanos() : SLEEP_NANOS);
        }
        Task task = run.begunTask();
        StackRequest stack = task == null ? null : run.requestStack(task, lanes::wake);
        if (!due) {
            return timeout.remainingNanos();
        }
        if (stack != null && !stack.isOver()) {
            return stack.remainingNanos();
        }
        run.kill(run.killReason(), stack);
        return SLEEP_NANOS;
    }

    /** Ends the oldest task if it has run too long; returns how long it may still run. */
    private long checkOldestTask(
            Scheduler scheduler, WorkerRun run, long now, Decisions decisions) {
        Task task = run.head();
        if (task == null || task.checkNanos() == Timeout.FOREVER || run.isStopping(task)) {
            return SLEEP_NANOS;
        }
        long runNanos = task.timeoutNanos() - (now - run.headSince());
        long progressNanos = task.noProgressNanos();
        if (progressNanos != Timeout.FOREVER) {
            progressNanos -= now - run.progressSince(now);
        }
        if (runNanos > 0 && progressNanos > 0) {
            return Math.min(Math.min(runNanos, progressNanos), task.checkNanos());
        }
        if (!run.hasBegun(task)) {
            run.restartHeadTime(now); // its time begins when it does
            return task.checkNanos();
        }
        StackRequest stack = run.requestStack(task, lanes::wake);
        ChildJvm child = run.child();
        if (stack == null || child == null) {
            return SLEEP_NANOS; // its process has just ended
        }
        if (!stack.isOver()) {
            return stack.remainingNanos();
        }
        if (!task.isOver()) { // else its owner has completed the future, but it still runs
            long pid = child.pid();
            Settlement settlement =
                    new Settlement.Failed(
                            () -> timedOut(task, runNanos > 0, run.index(), pid, stack.stack()),
                            run.index());
            decisions.ended(task, settlement, TaskEnd.TIMED_OUT);
        }
        scheduler.addFirst(run.stop(task, options.graceNanos()));
        return options.graceNanos();
    }

    private Throwable timedOut(
            Task task, boolean noProgress, int worker, long pid, TaskStack where) {
        Duration limit =
                Duration.ofNanos(noProgress ? task.noProgressNanos() : task.timeoutNanos());
        String what =
                task.description()
                        + (noProgress
                                ? " made no progress for longer than it may: noProgress="
                                : " ran longer than it may: timeout=")
                        + limit;
        return options.failures().timedOut(what, task.id(), limit, worker, pid, where);
    }
}
