package dev.procession.pool.dispatch;

import dev.procession.core.time.Timeout;
import dev.procession.pool.WorkerState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which task goes to which worker, and how many workers there are: it has the tasks that
 * wait and the places of workers. The lock of {@link PoolState} guards it. It sends tasks itself,
 * and leaves to {@link Decisions} what must happen without the lock.
 *
 * <p>This file is long because which task is sent, which worker is started and which one ends
 * depend on each other, and are decided at one moment.
 */
final class Scheduler {

    /** The next spare starts so long after a crash, so that the replacement has the processors. */
    private static final long SPARE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    private final PoolOptions options;
    private final TaskQueue queue = new TaskQueue();
    private final PausedTasks paused = new PausedTasks();

    /** All places, by their index. */
    private final List<WorkerSlot> slots = new ArrayList<>();

    /** The workers that have a place, in the order of their index. */
    private final ArrayList<WorkerRun> runs = new ArrayList<>(0); // which is always enlarged first

    private final StartPolicy starting = new StartPolicy();
    private int limit;
    private boolean keepsSpare;
    private long lastPromotion;
    private boolean sparePauses;

    /** The priority of all tasks that are ahead of a worker's running one. */
    private int aheadPriority;

    /**
     * Whether a worker got a task behind its running one, and had none there, since blocked tasks
     * were looked for. Written under the lock, read by any thread.
     */
    private volatile boolean newlyAhead;

    private boolean startsNoMore;
    private int minWorkers;

    /**
     * Whether tasks wait for workers that are awake, as the {@link WorkerChoice} says. Written
     * under the lock, read by any thread.
     */
    private volatile boolean waitsForAwake;

    Scheduler(PoolOptions options) {
        this.options = options;
        this.limit = options.workers();
        this.keepsSpare = options.spare();
        this.minWorkers = options.minWorkers();
        WorkerSlot unused = addSlot();
    }

    /** Returns the workers that are starting, working or ending, in the order of their index. */
    List<WorkerRun> runs() {
        return runs;
    }

    /** Makes the object of the first worker, whose process the pool's thread creates. */
    WorkerRun reserveFirst(String mark) {
        return reserve(slots.get(0), mark, false);
    }

    /** Makes the object of a worker that is about to be started. */
    WorkerRun reserve(WorkerSlot slot, boolean asSpare) {
        return reserve(slot, LeftoverProcesses.newMark(slot.index()), asSpare);
    }

    private WorkerRun reserve(WorkerSlot slot, String mark, boolean asSpare) {
        WorkerRun reserved = slot.reserve(mark, asSpare);
        int place = 0;
        while (place < runs.size() && runs.get(place).index() < slot.index()) {
            place++;
        }
        runs.add(place, reserved);
        return reserved;
    }

    private void start(WorkerSlot slot, boolean asSpare, Decisions decisions) {
        decisions.reserveStart();
        decisions.start(reserve(slot, asSpare));
    }

    /** A worker has ended, or could not be started; allocates nothing. */
    void drop(WorkerRun run) {
        run.died();
        runs.remove(run);
    }

    /** Gives back the memory of all lanes; for the end of the pool. */
    void closeLanes() throws IOException {
        for (WorkerSlot slot : slots) {
            slot.closeLane();
        }
    }

    StartPolicy starting() {
        return starting;
    }

    /** Returns how many workers there may be, without the spare one. */
    int limit() {
        return limit;
    }

    /** Adds a task. While priorities differ, nothing is ahead of what the workers run. */
    void add(Task task) {
        queue.addLast(task);
        if (task.priority() != aheadPriority) {
            aheadPriority = task.priority();
            List<Task> recalled = new ArrayList<>();
            for (WorkerRun run : runs) {
                recalled.addAll(run.recall());
            }
            putBack(recalled);
        }
    }

    /** Puts tasks of several workers back, in the order of their submission. */
    private void putBack(List<Task> recalled) {
        recalled.sort(Comparator.comparingLong(Task::id));
        queue.addFirst(recalled);
    }

    /** Puts tasks back before all others, in their order. */
    void addFirst(List<Task> tasks) {
        queue.addFirst(tasks);
    }

    /** Removes a task if it waits here. */
    void remove(Task task) {
        queue.remove(task);
        boolean unused = paused.remove(task);
    }

    /** Returns the tasks between two attempts. */
    PausedTasks paused() {
        return paused;
    }

    /** A task is run again, after its pause. */
    void repeat(Task task) {
        if (task.retryPauseNanos() > 0) {
            paused.add(task, task.retryPauseNanos());
        } else {
            queue.addFirst(List.of(task));
        }
    }

    /** Puts the tasks back whose pause is over; returns how long until the next one is. */
    long endPauses() {
        queue.addFirst(paused.takeDue());
        return paused.remainingNanos();
    }

    /** Whether tasks wait, for a worker or for their next attempt. */
    boolean hasUnsent() {
        return hasWaiting() || !paused.isEmpty();
    }

    int waiting() {
        return queue.size();
    }

    boolean hasWaiting() {
        return queue.size() > 0;
    }

    /** Returns the task that is to be sent next; null when none waits. */
    @Nullable Task nextWaiting() {
        return queue.peek();
    }

    /** Adds the tasks that wait to a list. */
    void addWaitingTo(List<Task> list) {
        queue.addTo(list);
        paused.addTo(list);
    }

    /** Takes all tasks that wait. */
    List<Task> takeWaiting() {
        List<Task> all = queue.takeAll();
        all.addAll(paused.takeAll());
        return all;
    }

    int load() {
        int load = 0;
        for (WorkerRun run : runs) {
            load += run.load();
        }
        return load;
    }

    /** Whether a worker is ready and takes tasks. */
    boolean isServed() {
        for (WorkerRun run : runs) {
            if (run.isStaying()
                    && (run.state() == WorkerState.IDLE || run.state() == WorkerState.BUSY)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a worker is starting. */
    boolean isStarting() {
        for (WorkerRun run : runs) {
            if (run.state() == WorkerState.STARTING) {
                return true;
            }
        }
        return false;
    }

    /**
     * Adds a task, and sends what can be sent. If others wait already, and all workers are there,
     * it waits behind them: who makes room for them sends it as well.
     */
    void submit(Task task, Decisions decisions) {
        boolean isBehind =
                hasWaiting()
                        && task.priority() == aheadPriority
                        && runs.size() >= limit + (keepsSpare ? 1 : 0);
        add(task);
        if (!isBehind) {
            assign(decisions);
        }
    }

    /** Sends the tasks that can be sent, and reserves workers for the others. */
    void assign(Decisions decisions) {
        waitsForAwake = false;
        while (nextToSend() != null) {
            WorkerChoice choice = choose(!queue.isMixed());
            WorkerRun run = choice.worker();
            if (!choice.isForAwake() && (run == null || choice.isWorkerLoaded())) {
                if (promoteSpare()) {
                    continue;
                }
                WorkerSlot fresh = startable();
                if (fresh != null) {
                    start(fresh, false, decisions);
                    if (startingIdle() >= queue.size()) {
                        break; // enough workers are starting for the tasks that wait
                    }
                    continue;
                }
            }
            if (run == null) {
                waitsForAwake = choice.isForAwake();
                break;
            }
            sendSome(run, choice.share(), decisions);
        }
        keepMinimum(decisions);
        keepSpare(decisions);
    }

    /** Returns the task that is to be sent next; null if none waits. Those that are over leave. */
    private @Nullable Task nextToSend() {
        Task task;
        while ((task = queue.peek()) != null && task.isOver()) {
            queue.remove(
                    task); // its owner completes it just now, and then removes it from the pool
        }
        return task;
    }

    private WorkerChoice choose(boolean ahead) {
        long now = System.nanoTime();
        WorkerChoice choice = new WorkerChoice();
        for (WorkerRun run : runs) {
            run.describeTo(choice, ahead, now);
        }
        return choice;
    }

    /** Sends so many of the tasks that wait, as far as there is room in the ring. */
    private void sendSome(WorkerRun run, int most, Decisions decisions) {
        Task task;
        for (int i = 0; i < most && (task = nextToSend()) != null; i++) {
            if (!send(run, task, decisions)) {
                run.ringIsFull(); // the others may have room
                return;
            }
        }
    }

    /** Starts workers in place of those that have ended, down to the minimum. */
    private void keepMinimum(Decisions decisions) {
        while (occupied() < minWorkers && !starting.hasGivenUp()) {
            WorkerSlot fresh = startable();
            if (fresh == null) {
                return;
            }
            start(fresh, false, decisions);
        }
    }

    /** Sends a task; false when it has to wait. */
    private boolean send(WorkerRun run, Task task, Decisions decisions) {
        try {
            if (!run.send(task)) {
                return false;
            }
            int load = run.load();
            if (load > 1) {
                aheadPriority = task.priority();
                if (load == 2 && limit > 1) {
                    newlyAhead = true;
                }
            }
        } catch (StackOverflowError e) { // of a thread that waits; another one sends it
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            // No room for a large task anywhere, or no memory; that is this task's failure.
            task.ends().takeBack();
            decisions.ended(
                    task,
                    new Settlement.Failed(() -> e, Settlement.Failed.NO_WORKER),
                    TaskEnd.FAILED);
        }
        queue.remove(task);
        return true;
    }

    /**
     * Moves tasks back to the queue that wait behind a long one, or for a worker that starts
     * slowly: at once if a worker is free for them or may be started, otherwise when they have
     * waited for a while, for the first worker that is. In a pool of one worker they stay. Returns
     * for how long this has nothing to do.
     */
    long recallBlockedTasks(long now) {
        if (limit == 1) {
            return Timeout.FOREVER;
        }
        boolean anyFree = isAnyFree();
        boolean mayStart = !anyFree && mayStart();
        boolean served = anyFree || isServed();
        long nanos = watchNanos();
        newlyAhead = false;
        List<Task> recalled = new ArrayList<>(0);
        for (WorkerRun run : runs) {
            boolean ready = run.wasReady();
            long from = run.blockedFrom(anyFree || (ready && mayStart));
            if (from == Timeout.FOREVER || !(ready || served)) {
                continue;
            }
            if (now - from > 0) {
                recalled.addAll(run.recallBlocked());
            } else {
                nanos = Math.min(nanos, from - now);
            }
        }
        putBack(recalled);
        return nanos;
    }

    /**
     * Returns after how long blocked tasks are to be looked for at the latest; any thread may ask.
     */
    long watchNanos() {
        if (waitsForAwake) {
            return Credit.WINDOW_NANOS;
        }
        return newlyAhead ? WorkerTasks.LONG_NANOS : Timeout.FOREVER;
    }

    private boolean isAnyFree() {
        for (WorkerRun run : runs) {
            if (run.isFree()) {
                return true;
            }
        }
        return false;
    }

    /** Gives the spare worker a place that is free, or whose worker is about to end. */
    private boolean promoteSpare() {
        if (staying() >= limit) {
            return false;
        }
        for (WorkerRun run : runs) {
            if (run.isSpare() && run.isStaying() && run.wasReady()) {
                run.promote();
                lastPromotion = System.nanoTime();
                sparePauses = true;
                return true;
            }
        }
        return false;
    }

    private void keepSpare(Decisions decisions) {
        if (!keepsSpare) {
            return;
        }
        long now = System.nanoTime();
        if (starting.hasGivenUp()
                || isUndecided()
                || !starting.mayStart(now)
                || sparePause(now) > 0) {
            return;
        }
        for (WorkerRun run : runs) {
            if (run.isSpare()) {
                return;
            }
        }
        start(free(), true, decisions);
    }

    /** Returns how long the start of the next spare is delayed. */
    long sparePause(long now) {
        long pauseNanos = sparePauses ? lastPromotion + SPARE_PAUSE_NANOS - now : 0;
        sparePauses = pauseNanos > 0;
        return Math.max(0, pauseNanos);
    }

    /** This process ends: no worker is started any more. */
    void startNoMore() {
        keepsSpare = false;
        startsNoMore = true;
    }

    /** The pool ends: no spare worker is started any more. */
    void keepNoSpare() {
        keepsSpare = false;
    }

    /** The pool accepts no more tasks: workers are started only for those that wait. */
    void keepNoMinimum() {
        minWorkers = 0;
    }

    /** Returns a slot for one more worker; null when no worker may be started. */
    @Nullable WorkerSlot startable() {
        return mayStart() ? free() : null;
    }

    private boolean mayStart() {
        return !startsNoMore
                && !isUndecided()
                && occupied() < limit
                && starting.mayStart(System.nanoTime());
    }

    /** Whether a start was refused, and others under way will show whether all are. */
    private boolean isUndecided() {
        return starting.isUndecided(System.nanoTime()) && isStarting();
    }

    private WorkerSlot free() {
        for (WorkerSlot slot : slots) {
            if (slot.isFree()) {
                return slot;
            }
        }
        return addSlot();
    }

    private WorkerSlot addSlot() {
        runs.ensureCapacity(slots.size() + 1); // so that neither reserving nor dropping allocates
        WorkerSlot fresh = new WorkerSlot(slots.size(), options);
        slots.add(fresh);
        return fresh;
    }

    /** Returns how many workers have a place, those that are ending included; without the spare. */
    int occupied() {
        int count = 0;
        for (WorkerRun run : runs) {
            if (!run.isSpare()) {
                count++;
            }
        }
        return count;
    }

    private int staying() {
        int count = 0;
        for (WorkerRun run : runs) {
            if (run.isStaying() && !run.isSpare()) {
                count++;
            }
        }
        return count;
    }

    private int startingIdle() {
        int count = 0;
        for (WorkerRun run : runs) {
            if (run.state() == WorkerState.STARTING && !run.isSpare() && run.load() == 0) {
                count++;
            }
        }
        return count;
    }

    /** Changes how many workers there may be; surplus workers end after their tasks. */
    void resize(int workers) {
        limit = workers;
        while (staying() > limit) {
            WorkerRun least = null;
            for (WorkerRun run : runs) {
                if (run.isStaying()
                        && !run.isSpare()
                        && (least == null || run.load() <= least.load())) {
                    least = run;
                }
            }
            if (least == null) {
                return;
            }
            addFirst(least.retire(EndReason.RESIZE));
        }
    }

    /** Ends workers that have been idle for too long, but keeps the minimum. */
    void endIdle(long now, long exitNanos) {
        if (options.idleNanos() == Timeout.FOREVER || hasWaiting()) {
            return;
        }
        int staying = staying();
        for (int i = runs.size() - 1; i >= 0 && staying > options.minWorkers(); i--) {
            WorkerRun run = runs.get(i);
            if (run.state() == WorkerState.IDLE
                    && run.isStaying()
                    && !run.isSpare()
                    && now - run.headSince() >= options.idleNanos()) {
                run.drain(EndReason.IDLE, exitNanos);
                staying--;
            }
        }
    }

    /**
     * Counts a start that has failed: the next one is delayed, or starting is given up. Then the
     * tasks that wait fail, because no worker will come for them.
     */
    void countStartFailure(
            StartPolicy.Failure failure, Supplier<? extends Throwable> cause, Decisions decisions) {
        boolean last = !isStarting();
        if (!starting.failed(failure, cause, last, System.nanoTime())) {
            return;
        }
        if (isServed()) {
            starting.continueWithRunningWorkers();
            return;
        }
        Supplier<? extends Throwable> reason = starting.reason(cause);
        starting.giveUp();
        Settlement broken =
                new Settlement.Failed(
                        () -> options.failures().broken(options.name(), reason.get()),
                        Settlement.Failed.NO_WORKER);
        Task task;
        while ((task = nextWaiting()) != null) {
            Decisions.Ending ending = decisions.prepare(task, broken, TaskEnd.FAILED);
            remove(task);
            task.ends().takeBack();
            decisions.ended(ending);
        }
    }

    /**
     * Ends workers that have run their number of tasks or use too much memory, after their task.
     */
    void endExhausted(long exitNanos) {
        for (WorkerRun run : runs) {
            if (!run.isRetiring()
                    && run.isStaying()
                    && (run.hasRunMaxTasks() || run.isTooLarge())) {
                EndReason reason =
                        run.hasRunMaxTasks() ? EndReason.MAX_TASKS : EndReason.MAX_MEMORY;
                addFirst(run.retire(reason));
            }
            if (run.isRetiring() && run.load() == 0) {
                run.drain(run.endReason(), exitNanos);
            }
        }
    }
}
