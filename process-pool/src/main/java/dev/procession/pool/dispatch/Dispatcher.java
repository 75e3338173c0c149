package dev.procession.pool.dispatch;

import dev.procession.core.Codec;
import dev.procession.core.lane.LentSpillFile;
import dev.procession.core.lane.LentSpillFiles;
import dev.procession.core.lane.Payload;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.core.transfer.Transfers;
import dev.procession.pool.WorkerInfo;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A pool: its parts, and the one thread that reads what workers send, deals with their deaths, and
 * does what is due.
 *
 * <p>A task goes from the submitter's thread straight into a worker's ring when a worker is free,
 * or ahead of a busy one as far as its {@link Credit} goes; the rest waits in the queue. Outcomes
 * are read by threads that wait for them, and by the dispatcher's thread where none does. That
 * thread also deals with deaths, starts replacements and does what time brings. It never runs the
 * user's code: futures are completed by threads that wait for them, or by the {@link Completer}.
 *
 * <p>The lock of {@link PoolState} guards the queue and the places of workers; each {@link
 * WorkerRun} guards its own tasks. The parts: {@link TaskAdmission} lets tasks in, {@link
 * Scheduler} decides which worker gets which, {@link WorkerStarts} starts workers, {@link
 * ResultReader} settles tasks, {@link Reaper} deals with deaths, {@link PeriodicChecks} does what
 * time brings, {@link Shutdown} ends the pool, {@link LaneListener} is the thread's sleep.
 */
public final class Dispatcher implements Runnable {

    private static final Log LOG = Log.of(Dispatcher.class);

    /** So many passes in a row may fail, so long apart, before the pool is given up. */
    private static final int MAX_FAILURES = 50;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long FINISH_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PoolOptions options;
    private final Function<Dispatcher, TaskPromise> rehearsed;
    private final FirstStart start;
    private final PoolState state;
    private final PoolCounters counters = new PoolCounters();
    private final Completer completer;
    private final LentSpillFiles taskFiles;
    private final LaneListener lanes;
    private final FutureDelivery delivery;
    private final WorkerStarts starts;
    private final WorkerRun first;
    private final DecisionExecutor executor;
    private final PeriodicChecks checks;
    private final ResultReader reader;
    private final Reaper reaper;
    private final TaskAdmission admission;
    private final TaskControl control;
    private final Shutdown shutdown;

    /**
     * Makes the parts of a pool.
     *
     * @param start the start of the first worker, whose thread becomes the dispatcher's
     * @param rehearsed makes a future of no task, with which the dispatcher's thread rehearses the
     *     first result
     */
    public Dispatcher(
            PoolOptions options, FirstStart start, Function<Dispatcher, TaskPromise> rehearsed) {
        this.options = options;
        this.start = start;
        this.rehearsed = rehearsed;
        this.state = new PoolState(options);
        this.completer = new Completer(options.name());
        this.taskFiles = new LentSpillFiles(completer);
        Queue<Death> deaths = new ConcurrentLinkedQueue<>();
        this.lanes = new LaneListener(start.thread(), deaths);
        this.delivery = new FutureDelivery(completer, lanes, options.dependents());
        this.starts = new WorkerStarts(options, state, lanes, deaths, counters, carryOut());
        this.first = starts.reserveFirst(start.mark());
        this.executor = new DecisionExecutor(state, counters, starts, delivery);
        this.checks = new PeriodicChecks(options, lanes);
        this.reader = new ResultReader(options, state, lanes, counters, executor, delivery);
        this.reaper =
                new Reaper(options, state, lanes, deaths, counters, reader, completer, executor);
        this.admission = new TaskAdmission(options, state, lanes, counters, executor);
        this.control = new TaskControl(options, state, lanes, counters, reader, delivery);
        this.shutdown = new Shutdown(options, state, lanes, counters);
    }

    /** Not a lambda: the first one takes 10 ms of a cold start. */
    private Consumer<Decisions> carryOut() {
        return new Consumer<>() {
            @Override
            public void accept(Decisions decisions) {
                executor.carryOut(decisions);
            }
        };
    }

    /** Lets the dispatcher's thread go on. */
    public void start() {
        ChildJvm.Work lane = starts.laneOf(first);
        LivePools.add(shutdown);
        start.serve(lane, this);
    }

    /**
     * Writes an encoded task that is too large for a ring to a file; null if it is not. Blocks as
     * long as the copy takes.
     *
     * @throws IOException if there is no room for the file anywhere
     */
    public @Nullable LentSpillFile spill(Transfers.Shipment task) throws IOException {
        return task.length() > WorkerStarts.MAX_TASK_BYTES
                ? taskFiles.write(task.parts(), task.length())
                : null;
    }

    /** Returns the way of tasks into the pool. */
    public TaskAdmission admission() {
        return admission;
    }

    /** Returns what futures may ask of their tasks. */
    public TaskControl control() {
        return control;
    }

    /** Returns the ways to end the pool. */
    public Shutdown shutdown() {
        return shutdown;
    }

    /** Returns what shows where the workers are. */
    public WorkerStacks stacks() {
        return new WorkerStacks(state);
    }

    /** Starts as many workers as there may be; returns how many were started. */
    public int startAllWorkers() {
        return starts.startAllWorkers();
    }

    /** Returns how many workers there may be. */
    public int limit() {
        state.lock.lock();
        try {
            return state.scheduler().limit();
        } finally {
            state.lock.unlock();
        }
    }

    /** Changes how many workers there may be. */
    public void resize(int workers) {
        state.lock.lock();
        try {
            state.scheduler().resize(workers);
            state.room.signalAll();
        } finally {
            state.lock.unlock();
        }
        lanes.wake();
    }

    /** Returns a snapshot of the workers that have started and not ended. */
    public List<WorkerInfo> workers() {
        List<WorkerInfo> infos = new ArrayList<>();
        for (WorkerRun run : runs()) {
            WorkerInfo info = run.info();
            if (info != null) {
                infos.add(info);
            }
        }
        return infos;
    }

    private List<WorkerRun> runs() {
        state.lock.lock();
        try {
            return List.copyOf(state.scheduler().runs());
        } finally {
            state.lock.unlock();
        }
    }

    /** Returns how many tasks there are and were. */
    public TaskCounts counts() {
        int running = 0;
        int queued;
        state.lock.lock();
        try {
            queued = state.scheduler().waiting();
            for (WorkerRun run : state.scheduler().runs()) {
                WorkerRun.Load load = run.loadAndRunning();
                running += load.running();
                queued += load.tasks() - load.running();
            }
        } finally {
            state.lock.unlock();
        }
        return new TaskCounts(queued, running, counters.snapshot());
    }

    @Override
    public void run() {
        try {
            startFirst();
            int failures = 0;
            while (!shutdown.isOver()) {
                try {
                    pass();
                    failures = 0;
                } catch (Throwable e) { // out of memory, for example, which may pass
                    if (++failures == MAX_FAILURES) {
                        throw e;
                    }
                    LOG.report(Level.WARNING, options.name() + " tries again what failed", e);
                    LockSupport.parkNanos(RETRY_NANOS);
                }
            }
        } catch (Throwable e) {
            try {
                abort(e);
            } finally {
                LOG.report(Level.ERROR, "the pool " + options.name() + " cannot go on", e);
            }
        } finally {
            close();
        }
    }

    private void startFirst() {
        starts.serveFirst(first, start);
        rehearse(rehearsed.apply(this));
        // Not later: the worker's first result would wait for it.
        reaper.refreshKillCount(System.nanoTime());
        if (options.minWorkers() > 1) {
            int unused = starts.startUpTo(options.minWorkers());
        }
    }

    /** Loads the classes that the first outcome needs, while the first worker comes up. */
    private void rehearse(TaskPromise future) {
        Codec standard = Codec.standard(); // the user's codec is for tasks
        Payload payload = Payload.of(TaskOutcome.success(0, standard).body());
        boolean unused = future.settle(new Settlement.Sent(true, payload, standard, 0, ""));
        future.run();
    }

    /** Does all that has come and is due, or sleeps until there is something to do. */
    private void pass() throws IOException {
        boolean unused = Thread.interrupted(); // by somebody's code; it would end each sleep
        boolean worked = reader.readAll();
        worked |= reaper.reapAll();
        long now = System.nanoTime();
        for (WorkerRun run : lanes.runs()) {
            run.doSlowWork(now);
        }
        reaper.refreshKillCount(now); // also while other threads read, or no task runs
        long sleepNanos = sendAndCheck();
        completer.tick(System.nanoTime());
        if (worked) {
            counters.flush();
        } else {
            lanes.sleep(
                    completer.hasJobs() ? Math.min(sleepNanos, Completer.DELAY_NANOS) : sleepNanos);
        }
    }

    /** Does what is due and sends what waits; returns for how long nothing will be due. */
    private long sendAndCheck() {
        Decisions decisions = new Decisions();
        long sleepNanos;
        state.lock.lock();
        try {
            Scheduler scheduler = state.scheduler();
            sleepNanos = checks.run(scheduler, System.nanoTime(), decisions);
            scheduler.assign(decisions);
            sleepNanos = Math.min(sleepNanos, scheduler.watchNanos());
            shutdown.stopWhenDone();
        } finally {
            state.lock.unlock();
            executor.carryOut(decisions); // also what was decided before something failed
        }
        return sleepNanos;
    }

    /** After a fatal error of the pool itself: fails all tasks, so that no thread waits in vain. */
    private void abort(Throwable cause) {
        for (Task task : shutdown.abort()) {
            delivery.deliver(task, new Settlement.Failed(() -> cause, Settlement.Failed.NO_WORKER));
        }
    }

    private void close() {
        try {
            state.lock.lock();
            try {
                state.scheduler().closeLanes();
            } finally {
                state.lock.unlock();
            }
            lanes.close();
        } catch (IOException e) {
            // When this process ends, its directory may have gone before.
            LOG.report(
                    Session.isProcessEnding() ? Level.DEBUG : Level.WARNING,
                    "the pool's descriptors could not be closed",
                    e);
        } finally {
            LivePools.remove(shutdown);
            starts.finish(FINISH_NANOS);
            completer.finish(FINISH_NANOS, shutdown::isAwaitedBy);
            taskFiles.close();
            shutdown.terminated();
            completer.doRest();
        }
    }
}
