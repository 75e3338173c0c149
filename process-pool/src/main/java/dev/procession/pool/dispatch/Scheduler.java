package dev.procession.pool.dispatch;

import dev.procession.core.time.Timeout;
import dev.procession.pool.WorkerState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which task goes where: the tasks that wait, and the workers' slots. Guarded by the dispatcher's
 * lock; it decides and sends, and leaves to {@link Decisions} what must happen without the lock.
 */
final class Scheduler {

    /** How often the kernel is asked for a worker's memory. */
    private static final long MEMORY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How long after a crash the next spare waits, so as not to take processors from the first. */
    private static final long SPARE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    private final PoolOptions options;
    private final TaskQueue queue = new TaskQueue();
    private final List<WorkerSlot> slots = new ArrayList<>();
    private final StartPolicy starting = new StartPolicy();
    private int limit;
    private boolean keepsSpare;
    private long lastPromotion;
    private boolean sparePauses;
    private boolean prioritised;
    private boolean startsNoMore;

    Scheduler(PoolOptions options) {
        this.options = options;
        this.limit = options.workers();
        this.keepsSpare = options.spare();
        slots.add(new WorkerSlot(0, options));
    }

    List<WorkerSlot> slots() {
        return slots;
    }

    StartPolicy starting() {
        return starting;
    }

    /** How many workers there are at most, without the spare one. */
    int limit() {
        return limit;
    }

    void add(Task task) {
        queue.addLast(task);
        prioritised |= task.priority() != 0;
        if (prioritised) {
            for (WorkerSlot slot : slots) {
                if (slot.lowestPriorityAhead() < task.priority()) {
                    queue.addFirst(slot.recall());
                }
            }
        }
    }

    /** Puts tasks back before all others, in their order. */
    void addFirst(List<Task> tasks) {
        queue.addFirst(tasks);
    }

    /** Takes a task out if it waits here. */
    void remove(Task task) {
        queue.remove(task);
    }

    int waiting() {
        return queue.size();
    }

    boolean hasWaiting() {
        return queue.size() > 0;
    }

    /** The task that is to be sent next; null when none waits. */
    @Nullable Task nextWaiting() {
        return queue.peek();
    }

    /** Takes all tasks that wait. */
    List<Task> takeWaiting() {
        return queue.takeAll();
    }

    int load() {
        int load = 0;
        for (WorkerSlot slot : slots) {
            load += slot.load();
        }
        return load;
    }

    /** True if a worker has come up and takes tasks. */
    boolean isServed() {
        for (WorkerSlot slot : slots) {
            if (slot.isStaying()
                    && (slot.state() == WorkerState.IDLE || slot.state() == WorkerState.BUSY)) {
                return true;
            }
        }
        return false;
    }

    /** True if a worker is coming up. */
    boolean isStarting() {
        for (WorkerSlot slot : slots) {
            if (slot.state() == WorkerState.STARTING) {
                return true;
            }
        }
        return false;
    }

    /** Sends what can be sent, and reserves slots for workers that what is left needs. */
    void assign(Decisions decisions) {
        while (true) {
            Task task = queue.peek();
            if (task == null) {
                break;
            }
            if (task.isOver()) {
                queue.remove(task); // its owner completes it just now, and will count it out
                continue;
            }
            WorkerSlot slot = leastLoaded();
            if (slot == null || slot.load() > 0) {
                if (promoteSpare()) {
                    continue;
                }
                WorkerSlot fresh = startable();
                if (fresh != null) {
                    decisions.start(fresh, false);
                    if (startingIdle() >= queue.size()) {
                        break; // enough are coming for what waits
                    }
                    continue;
                }
            }
            if (slot == null || !send(slot, task, decisions)) {
                break;
            }
        }
        keepSpare(decisions);
    }

    /** False when the task has to wait. */
    private boolean send(WorkerSlot slot, Task task, Decisions decisions) {
        try {
            if (!slot.send(task)) {
                return false;
            }
        } catch (IOException | RuntimeException | Error e) {
            // No room for a large task anywhere, or no memory; that is this task's failure.
            task.ends().takeBack();
            decisions.ended(task, new Settlement.Failed(() -> e));
        }
        queue.remove(task);
        return true;
    }

    /**
     * Lets no task wait behind one that takes long, or for a worker that is long in coming up: it
     * goes back to the queue, from which whichever worker is free first takes it. A pool of one
     * worker has no other.
     */
    void recallBlockedTasks(long now) {
        for (WorkerSlot slot : slots) {
            if (limit > 1 && slot.blocksTasks(now) && (slot.wasReady() || isServed())) {
                addFirst(slot.recallAll());
            }
        }
    }

    /** For how long {@link #recallBlockedTasks} has nothing to do. */
    long nanosUntilBlocked(long now) {
        long nanos = Timeout.FOREVER;
        for (WorkerSlot slot : slots) {
            if (limit > 1) {
                nanos = Math.min(nanos, slot.nanosUntilItBlocks(now));
            }
        }
        return nanos;
    }

    /** Lets a worker that has run dry have its part of what the fullest one has not begun. */
    void rebalance(Decisions decisions) {
        WorkerSlot least = leastLoaded();
        boolean dry = least != null && least.load() == 0;
        if (dry && least.state() == WorkerState.IDLE) {
            recallFromStarting();
        }
        WorkerSlot full = fullest();
        if (full.load() > 1 && (dry || mayStart())) {
            addFirst(full.recall());
        }
        if (hasWaiting()) {
            assign(decisions);
        }
    }

    private void recallFromStarting() {
        for (WorkerSlot slot : slots) {
            if (slot.state() == WorkerState.STARTING && slot.load() > 0) {
                addFirst(slot.recall());
            }
        }
    }

    private WorkerSlot fullest() {
        WorkerSlot full = slots.get(0);
        for (WorkerSlot slot : slots) {
            if (slot.load() > full.load()) {
                full = slot;
            }
        }
        return full;
    }

    private @Nullable WorkerSlot leastLoaded() {
        WorkerSlot best = null;
        for (WorkerSlot slot : slots) {
            if (slot.takesTasks() && slot.hasCredit() && (best == null || isBetter(slot, best))) {
                best = slot;
            }
        }
        return best;
    }

    private static boolean isBetter(WorkerSlot slot, WorkerSlot best) {
        if (slot.load() != best.load()) {
            return slot.load() < best.load();
        }
        return slot.state() == WorkerState.IDLE && best.state() != WorkerState.IDLE;
    }

    /** Lets the spare worker take a place that is free, or whose worker is about to end. */
    private boolean promoteSpare() {
        if (staying() >= limit) {
            return false;
        }
        for (WorkerSlot slot : slots) {
            if (slot.isSpare() && slot.isStaying() && slot.wasReady()) {
                slot.promote();
                lastPromotion = System.nanoTime();
                sparePauses = true;
                return true;
            }
        }
        return false;
    }

    private void keepSpare(Decisions decisions) {
        long now = System.nanoTime();
        if (!keepsSpare
                || starting.hasGivenUp()
                || isUndecided()
                || !starting.mayStart(now)
                || sparePause(now) > 0) {
            return;
        }
        for (WorkerSlot slot : slots) {
            if (slot.isSpare() && slot.isLive()) {
                return;
            }
        }
        decisions.start(free(), true);
    }

    /** For how long the next spare is not to be started yet. */
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

    /** The pool ends: no worker is started for nothing. */
    void keepNoSpare() {
        keepsSpare = false;
    }

    /** A slot for one more worker, or null when there are as many as may be. */
    @Nullable WorkerSlot startable() {
        return mayStart() ? free() : null;
    }

    private boolean mayStart() {
        return !startsNoMore
                && !isUndecided()
                && occupied() < limit
                && starting.mayStart(System.nanoTime());
    }

    /** True if a start was refused, and others that are under way will tell whether all will be. */
    private boolean isUndecided() {
        return starting.isUndecided(System.nanoTime()) && isStarting();
    }

    private WorkerSlot free() {
        for (WorkerSlot slot : slots) {
            if (!slot.isLive()) {
                return slot;
            }
        }
        WorkerSlot fresh = new WorkerSlot(slots.size(), options);
        slots.add(fresh);
        return fresh;
    }

    /** How many workers have a place, those on their way out as well; without the spare one. */
    int occupied() {
        int count = 0;
        for (WorkerSlot slot : slots) {
            if (slot.isLive() && !slot.isSpare()) {
                count++;
            }
        }
        return count;
    }

    private int staying() {
        int count = 0;
        for (WorkerSlot slot : slots) {
            if (slot.isStaying() && !slot.isSpare()) {
                count++;
            }
        }
        return count;
    }

    private int startingIdle() {
        int count = 0;
        for (WorkerSlot slot : slots) {
            if (slot.state() == WorkerState.STARTING && !slot.isSpare() && slot.load() == 0) {
                count++;
            }
        }
        return count;
    }

    /** Changes how many workers there may be; those too many end after their tasks. */
    void resize(int workers) {
        limit = workers;
        while (staying() > limit) {
            WorkerSlot least = null;
            for (WorkerSlot slot : slots) {
                if (slot.isStaying()
                        && !slot.isSpare()
                        && (least == null || slot.load() <= least.load())) {
                    least = slot;
                }
            }
            if (least == null) {
                return;
            }
            addFirst(least.retire());
        }
    }

    /** Ends those that have nothing to do for too long, but not too many. */
    void endIdle(long now, long exitNanos) {
        if (options.idleNanos() == Timeout.FOREVER || hasWaiting()) {
            return;
        }
        int staying = staying();
        for (int i = slots.size() - 1; i >= 0 && staying > options.minWorkers(); i--) {
            WorkerSlot slot = slots.get(i);
            if (slot.state() == WorkerState.IDLE
                    && !slot.isSpare()
                    && now - slot.headSince() >= options.idleNanos()) {
                slot.drain(exitNanos);
                staying--;
            }
        }
    }

    /** Ends those that have done, or hold, too much; each after what it runs. */
    void endExhausted(long now, long exitNanos) {
        for (WorkerSlot slot : slots) {
            if (!slot.isRetiring()
                    && slot.isStaying()
                    && (slot.hasRunMaxTasks() || slot.isTooLarge(now, MEMORY_NANOS))) {
                addFirst(slot.retire());
            }
            if (slot.isRetiring() && slot.load() == 0) {
                slot.drain(exitNanos);
            }
        }
    }
}
