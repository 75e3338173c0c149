package dev.procession.pool.dispatch;

import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of a pool: by its user, by the end of this JVM, or by a fatal error. Any thread may call
 * it. The lock of {@link PoolState} guards the pool; this object itself guards until when exit
 * hooks wait.
 */
public final class Shutdown implements LivePools.Pool {

    private static final Log LOG = Log.of(Shutdown.class);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A century: what is added to a clock must not overflow. */
    private static final long LONGEST_HOOK_NANOS = TimeUnit.DAYS.toNanos(36_500);

    /** How the tasks that run are ended. */
    public enum Force {
        /** By an interrupt, and SIGKILL after the grace period. */
        INTERRUPT,
        /** By SIGTERM to their workers, and SIGKILL after the grace period. */
        TERMINATE,
        /** By SIGKILL to their workers. */
        KILL
    }

    private final PoolOptions options;
    private final PoolState state;
    private final LaneListener lanes;
    private final PoolCounters counters;
    private final CountDownLatch terminated = new CountDownLatch(1);

    /** The threads that wait for the end of the pool. */
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

    /** Until when an exit hook waits for the end, on the clock of nanoTime; once one does. */
    private volatile Optional<Long> exitHooksWaitUntil = Optional.empty();

    Shutdown(PoolOptions options, PoolState state, LaneListener lanes, PoolCounters counters) {
        this.options = options;
        this.state = state;
        this.lanes = lanes;
        this.counters = counters;
    }

    /** Refuses more tasks. */
    public void shutdown() {
        state.lock.lock();
        try {
            state.refuseMore();
            state.room.signalAll();
        } finally {
            state.lock.unlock();
        }
        lanes.wake();
    }

    /** Takes all tasks back that have not begun, and stops those that have. */
    public List<Task> shutdownNow(Force force) {
        List<Task> neverBegun = new ArrayList<>();
        state.lock.lock();
        try {
            state.refuseMore();
            state.disableRetries();
            state.scheduler().keepNoSpare();
            for (WorkerRun run : state.scheduler().runs()) {
                neverBegun.addAll(stop(run, force));
            }
            neverBegun.addAll(state.scheduler().takeWaiting());
            for (Task task : neverBegun) {
                task.ends().takeBack(); // the caller may run it
                if (task.settle()) {
                    task.endedAs(TaskEnd.CANCELLED);
                    counters.ended(TaskEnd.CANCELLED);
                }
                state.removeFromPool(task);
            }
            state.room.signalAll();
        } finally {
            state.lock.unlock();
        }
        lanes.wake();
        return neverBegun;
    }

    private List<Task> stop(WorkerRun run, Force force) {
        List<Task> neverBegun = new ArrayList<>(run.recall());
        Task begun = run.begunTask();
        switch (force) {
            case INTERRUPT -> {
                if (begun != null) {
                    run.stop(begun, options.graceNanos());
                }
            }
            case TERMINATE -> run.terminate(options.graceNanos());
            case KILL -> run.kill(EndReason.SHUTDOWN);
        }
        return neverBegun;
    }

    /**
     * Kills all workers after a fatal error of the pool itself.
     *
     * @return the tasks that were in the pool, and have no outcome
     */
    List<Task> abort() {
        List<Task> lost = shutdownNow(Force.KILL);
        state.lock.lock();
        try {
            state.stop();
            for (WorkerRun run : state.scheduler().runs()) {
                for (Task task : run.tasks()) {
                    if (task.settle()) {
                        task.endedAs(TaskEnd.FAILED);
                        counters.ended(TaskEnd.FAILED);
                        lost.add(task);
                    }
                    state.removeFromPool(task); // while its worker has it, and may still read it
                }
                List<Task> unused = run.abandon();
            }
        } finally {
            state.lock.unlock();
        }
        return lost;
    }

    /** Tells all workers to exit when the pool was shut down and has no task any more. */
    void stopWhenDone() {
        state.lock.lock();
        try {
            Scheduler scheduler = state.scheduler();
            if (state.phase() == PoolState.Phase.SHUTDOWN
                    && scheduler.load() == 0
                    && !isOutcomePending(scheduler) // after the load: see ResultReader.finish()
                    && !scheduler.hasUnsent()) {
                state.stop();
                scheduler.keepNoSpare();
                for (WorkerRun run : scheduler.runs()) {
                    run.drain(EndReason.SHUTDOWN, PeriodicChecks.EXIT_NANOS);
                }
            }
        } finally {
            state.lock.unlock();
        }
    }

    /** Whether a task that a worker has finished may still run again. */
    private static boolean isOutcomePending(Scheduler scheduler) {
        for (WorkerRun run : scheduler.runs()) {
            if (run.reader().hasSettled()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the pool stops and all workers have ended. */
    boolean isOver() {
        state.lock.lock();
        try {
            return state.phase() == PoolState.Phase.STOPPING && state.scheduler().runs().isEmpty();
        } finally {
            state.lock.unlock();
        }
    }

    /** The pool has ended. */
    void terminated() {
        terminated.countDown();
    }

    /** Whether tasks are refused. */
    public boolean isShutdown() {
        return state.isShutdown();
    }

    /** Whether the pool has ended. */
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    /** Waits for the end of the pool; false when it does not come in time. */
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        if (!isTerminated() && Session.isProcessEnding()) {
            long nanos = Timeout.nanos(timeout, unit);
            extendExitHookWait(nanos == Timeout.FOREVER ? LivePools.UNLIMITED_NANOS : nanos);
        }
        Thread self = Thread.currentThread();
        waiting.add(self);
        try {
            return terminated.await(timeout, unit);
        } finally {
            waiting.remove(self);
        }
    }

    /** Whether a thread waits for the end, so that the end must not wait for what it runs. */
    boolean isAwaitedBy(Thread thread) {
        return waiting.contains(thread);
    }

    private synchronized void extendExitHookWait(long nanos) {
        long until = System.nanoTime() + Math.min(nanos, LONGEST_HOOK_NANOS);
        long before = exitHooksWaitUntil.orElse(until);
        exitHooksWaitUntil = Optional.of(until - before > 0 ? until : before);
    }

    @Override
    public void processEnds() {
        state.lock.lock();
        try {
            state.refuseMore();
            state.disableRetries();
            state.scheduler().startNoMore();
            state.room.signalAll();
        } finally {
            state.lock.unlock();
        }
        lanes.wake();
    }

    @Override
    public void awaitExitHooks(long headStart) {
        boolean ended = false;
        while (!ended) {
            // A hook that has waited in vain may end what runs in its own way just then.
            long until =
                    exitHooksWaitUntil
                            .map(time -> Math.max(time + LivePools.HEAD_START_NANOS, headStart))
                            .orElse(headStart);
            if (System.nanoTime() - until >= 0) {
                return;
            }
            ended = awaitEnd(Math.min(until, System.nanoTime() + POLL_NANOS));
        }
    }

    @Override
    public boolean awaitEnd(long deadline) {
        try {
            return terminated.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true; // an interrupt of the exit hooks hastens the end
        }
    }

    @Override
    public void endTasks() {
        if (isTerminated()) {
            return;
        }
        for (Task task : shutdownNow(Force.TERMINATE)) {
            try {
                boolean unused = task.promise().cancel(false);
            } catch (Throwable e) { // an action of the user's
                LOG.report(Level.WARNING, "a callback of " + options.name() + " failed", e);
            }
        }
    }
}
