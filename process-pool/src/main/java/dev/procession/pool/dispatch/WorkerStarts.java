package dev.procession.pool.dispatch;

import dev.procession.core.OutputLine;
import dev.procession.core.lane.LaneLayout;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ChildListener;
import dev.procession.core.launch.ExitStatus;
import dev.procession.core.log.Log;
import dev.procession.pool.protocol.StartMessage;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Starts worker processes, without the pool's lock, because a start takes milliseconds. Until a
 * worker is started, its {@link WorkerRun} belongs to the thread that starts it; the lock of {@link
 * PoolState} guards what follows from the start.
 */
final class WorkerStarts {

    private static final Log LOG = Log.of(WorkerStarts.class);

    private static final int LANE_BYTES = 1 << 18;

    /** The encoded form of a longer task goes to a spill file. */
    static final int MAX_TASK_BYTES = LaneLayout.maxRecordPayloadBytes(LANE_BYTES);

    private final PoolOptions options;
    private final PoolState state;
    private final LaneListener lanes;
    private final Queue<Death> deaths;
    private final PoolCounters counters;
    private final StarterThread starter;
    private final Consumer<Decisions> carryOut;

    WorkerStarts(
            PoolOptions options,
            PoolState state,
            LaneListener lanes,
            Queue<Death> deaths,
            PoolCounters counters,
            Consumer<Decisions> carryOut) {
        this.options = options;
        this.state = state;
        this.lanes = lanes;
        this.deaths = deaths;
        this.counters = counters;
        this.starter = new StarterThread(options.name());
        this.carryOut = carryOut;
    }

    /** Reserves the first place of a new pool. */
    WorkerRun reserveFirst(String mark) {
        state.lock.lock();
        try {
            return state.scheduler().reserveFirst(mark);
        } finally {
            state.lock.unlock();
        }
    }

    /** Goes on with the start of the first worker. */
    void serveFirst(WorkerRun run, FirstStart start) {
        try {
            serve(run, start.process());
        } catch (Throwable e) { // as in startAll
            startFailed(run, e);
        }
    }

    /** Starts workers until there are so many; returns how many were started. */
    int startUpTo(int workers) {
        ArrayList<WorkerRun> starts = new ArrayList<>();
        state.lock.lock();
        try {
            Scheduler scheduler = state.scheduler();
            scheduler.starting().tryAgain();
            while (state.phase() == PoolState.Phase.RUNNING && scheduler.occupied() < workers) {
                WorkerSlot slot = scheduler.startable();
                if (slot == null) {
                    break;
                }
                starts.ensureCapacity(starts.size() + 1);
                starts.add(scheduler.reserve(slot, false));
            }
        } finally {
            state.lock.unlock();
        }
        startAll(starts);
        return starts.size();
    }

    /**
     * Starts as many workers as there may be; returns how many were started. Blocks until those
     * that other threads start have a process as well, or have failed.
     */
    int startAllWorkers() {
        int limit;
        state.lock.lock();
        try {
            limit = state.scheduler().limit();
        } finally {
            state.lock.unlock();
        }
        int count = startUpTo(limit);
        awaitOtherStarts();
        return count;
    }

    private void awaitOtherStarts() {
        state.lock.lock();
        try {
            while (state.scheduler().runs().stream().anyMatch(WorkerRun::isReserved)) {
                state.started.awaitUninterruptibly();
            }
        } finally {
            state.lock.unlock();
        }
    }

    /** Starts reserved workers. */
    void startAll(List<WorkerRun> starts) {
        for (WorkerRun run : starts) {
            try {
                start(run);
            } catch (Throwable e) { // no thread was available; the slot has to be free
                startFailed(run, e);
            }
        }
    }

    /** Starts reserved workers on a thread of its own; called by the dispatcher's thread. */
    void startOnStarterThread(List<WorkerRun> starts) {
        try {
            starter.execute(() -> startAll(starts));
        } catch (Throwable e) { // without a thread there is no worker either, for now
            for (WorkerRun run : starts) {
                startFailed(run, e);
            }
        }
    }

    private void start(WorkerRun run) throws IOException {
        serve(run, WorkerProcess.start(options, run.name(), run.mark(), laneOf(run)));
    }

    private void serve(WorkerRun run, ChildJvm jvm) {
        // From here on the worker may run tasks, so its end is the Reaper's business.
        CompletableFuture<Optional<Throwable>> inService = new CompletableFuture<>();
        jvm.onExit(reportOf(run, inService));
        try {
            putIntoService(run, jvm, inService);
        } catch (Throwable e) { // no memory, say; a place with a process is not free
            jvm.kill();
            boolean unused = inService.complete(Optional.empty());
            LOG.report(Level.WARNING, "a worker was killed at its start: name=" + run.name(), e);
        }
    }

    private void putIntoService(
            WorkerRun run, ChildJvm jvm, CompletableFuture<Optional<Throwable>> inService) {
        Optional<Throwable> cause = Optional.empty();
        try {
            started(run, jvm);
        } catch (Throwable e) { // no descriptor was available, for example
            cause = Optional.of(e);
            jvm.kill();
        }
        try {
            jvm.monitor(new WorkerListener(run));
        } catch (Throwable e) { // no thread was available; the worker is dead
            cause = Optional.of(e);
        }
        inService.complete(cause);
        LivePools.workerStarted();
    }

    /** Reports a worker's end once it is in service. Not a lambda, as {@link StartMessageOf}. */
    private Consumer<ExitStatus> reportOf(
            WorkerRun run, CompletableFuture<Optional<Throwable>> inService) {
        return new Consumer<>() {
            @Override
            public void accept(ExitStatus status) {
                CompletableFuture<Void> unused =
                        inService.thenAccept(cause -> died(run, status, cause));
            }
        };
    }

    /** Returns what makes the lane of a reserved worker. */
    ChildJvm.Work laneOf(WorkerRun run) {
        return new StartMessageOf(run);
    }

    /** Makes a worker's lane. Not a lambda, which would take milliseconds of a cold start. */
    private final class StartMessageOf implements ChildJvm.Work {

        private final WorkerRun run;

        StartMessageOf(WorkerRun run) {
            this.run = run;
        }

        @Override
        public byte[] start() throws IOException {
            return StartMessage.encode(run.index(), run.openLane(LANE_BYTES), options.setup());
        }
    }

    /** Hears of a worker. Not a lambda, as {@link StartMessageOf}. */
    private final class WorkerListener implements ChildListener {

        private final WorkerRun run;

        WorkerListener(WorkerRun run) {
            this.run = run;
        }

        @Override
        public OutputLine printed(OutputLine line, long task) {
            return run.printed(line, task);
        }

        /**
         * Gives the tasks that a dead worker has not begun to others, and its place to the spare
         * one: at once, while its last output is still read.
         */
        @Override
        public void died() {
            Decisions decisions = new Decisions();
            state.lock.lock();
            try {
                Scheduler scheduler = state.scheduler();
                scheduler.addFirst(run.lost());
                if (state.phase() != PoolState.Phase.STOPPING) {
                    scheduler.assign(decisions);
                }
            } finally {
                state.lock.unlock();
                carryOut.accept(decisions); // also what was decided before something failed
            }
        }
    }

    private void died(WorkerRun run, ExitStatus status, Optional<Throwable> cause) {
        deaths.add(new Death(run, status, cause));
        lanes.wake();
    }

    private void started(WorkerRun run, ChildJvm jvm) throws IOException {
        Decisions decisions = new Decisions();
        state.lock.lock();
        try {
            run.started(jvm);
            state.started.signalAll();
            counters.workerStarted();
            lanes.add(run);
            if (state.phase() == PoolState.Phase.STOPPING) {
                run.drain(EndReason.SHUTDOWN, PeriodicChecks.EXIT_NANOS);
            } else {
                state.scheduler().assign(decisions);
            }
        } finally {
            state.lock.unlock();
            carryOut.accept(decisions); // also what was decided before something failed
        }
    }

    private void startFailed(WorkerRun run, Throwable cause) {
        Decisions decisions = new Decisions();
        boolean served;
        state.lock.lock();
        try {
            state.scheduler().drop(run);
            state.started.signalAll();
            served = !state.scheduler().runs().isEmpty();
            state.scheduler()
                    .countStartFailure(StartPolicy.Failure.SHORTAGE, () -> cause, decisions);
        } finally {
            state.lock.unlock();
            carryOut.accept(decisions); // also what was decided before something failed
        }
        if (served) { // else the futures of its tasks report it
            options.log()
                    .report(
                            Level.WARNING,
                            run.name() + " could not be started; others serve its tasks: " + cause,
                            null);
        }
        lanes.wake();
    }

    /** Waits for the starts that are under way; for the end of the pool. */
    void finish(long nanos) {
        starter.finish(nanos);
    }
}
