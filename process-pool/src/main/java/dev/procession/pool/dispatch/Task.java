package dev.procession.pool.dispatch;

import dev.procession.core.WorkerCrashedException;
import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LentSpillFile;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.Transfers;
import dev.procession.pool.TaskInfo;
import dev.procession.pool.TaskState;
import dev.procession.pool.protocol.LaneMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A task in the parent: its encoded form, its future, and where it is.
 *
 * <p>Whether it was settled or removed is decided by one atomic word, so any thread may try. The
 * lock of {@link PoolState} guards its place in the queue and its crashes, the {@link TaskHolder}
 * that has it guards its place there, and the thread that reads that worker uses the settlement.
 */
public final class Task {

    private static final AtomicIntegerFieldUpdater<Task> FATE =
            AtomicIntegerFieldUpdater.newUpdater(Task.class, "fate");

    private static final int SETTLED = 1;
    private static final int REMOVED = 2;

    private static final byte[] NO_BYTES = {};

    /** So many times at least its progress is looked at within the limit. */
    private static final int PROGRESS_CHECKS = 4;

    /** The place in the queue; only {@link TaskQueue} uses these three. */
    TaskQueue.@Nullable Level level;

    @Nullable Task previous;
    @Nullable Task next;

    private final long id;
    private byte[] bytes;
    private final @Nullable LentSpillFile spill;
    private final Object work;
    private Transfers.Ends ends;
    private final TaskPromise promise;
    private final TaskSettings settings;
    private final long submitted = System.nanoTime();
    private List<WorkerCrashedException> crashes = List.of();

    /** How many attempts were repeated; written under the pool's lock. */
    private volatile int attempts;

    /** The worker that has it; any thread reads it. */
    private volatile @Nullable TaskHolder holder;

    /** The bits {@link #SETTLED} and {@link #REMOVED}, each set once. */
    private volatile int fate;

    private long messageId;

    /** How it has left the pool; written by the thread that settles it. */
    private @Nullable TaskEnd end;

    /** Its event, which began at its submission; null if nobody records and nobody watches. */
    private PoolEvents.@Nullable OfTask event = PoolEvents.taskSubmitted();

    /** How it has ended, until its future has it; only {@link SettledTasks} uses these two. */
    @Nullable Settlement settlement;

    @Nullable Task nextSettled;

    /**
     * Makes a task.
     *
     * @param shipment the encoded task, and the ends that move with it
     * @param spill the file with the encoded task, if it is too large for a ring
     * @param work the user's object, a {@link Runnable} or a {@link Callable}
     * @param promise the future, settled once
     * @param settings the task's timeout, retries, priority and name
     */
    public Task(
            Transfers.Shipment shipment,
            @Nullable LentSpillFile spill,
            Object work,
            TaskPromise promise,
            TaskSettings settings) {
        this.id = promise.id();
        this.bytes = spill == null ? shipment.bytes() : NO_BYTES;
        this.spill = spill;
        this.ends = shipment.ends();
        this.work = work;
        this.promise = promise;
        this.settings = settings;
    }

    long id() {
        return id;
    }

    /** Commits the encoded task to a worker's lane; false when there is no room for it now. */
    boolean offerTo(LaneEnd lane, long message) throws IOException {
        int type = LaneMessage.TASK.wire();
        LentSpillFile file = spill;
        return file == null ? lane.offer(type, message, bytes) : lane.offer(type, message, file);
    }

    /** Returns the ends that move to the worker inside the task. */
    Transfers.Ends ends() {
        return ends;
    }

    public TaskPromise promise() {
        return promise;
    }

    /** How long it may run; {@link Timeout#FOREVER} without a limit. */
    long timeoutNanos() {
        return settings.timeoutNanos();
    }

    /** How long it may run without progress; {@link Timeout#FOREVER} without a limit. */
    long noProgressNanos() {
        return settings.noProgressNanos();
    }

    /** After how long at the latest it is looked at while it runs. */
    long checkNanos() {
        long noProgress = settings.noProgressNanos();
        return Math.min(
                settings.timeoutNanos(),
                noProgress == Timeout.FOREVER ? noProgress : noProgress / PROGRESS_CHECKS);
    }

    /** Whether what it throws may let it run again. */
    boolean mayRepeat() {
        return !settings.retryOn().isEmpty() && attempts < settings.retries();
    }

    /** Whether it is to be run again after it threw this; counts the attempt then. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time, under the lock
    boolean repeatsAfter(Throwable thrown) {
        for (Class<? extends Throwable> each : settings.retryOn()) {
            if (each.isInstance(thrown) && attempts < settings.retries()) {
                attempts++;
                return true;
            }
        }
        return false;
    }

    /** How long it waits before its next attempt. */
    long retryPauseNanos() {
        return settings.retryPauseNanos();
    }

    int priority() {
        return settings.priority();
    }

    /** When it was submitted, on the clock of {@link System#nanoTime}. */
    long submitted() {
        return submitted;
    }

    /** Returns the worker that has it; null while it waits, and when it is over. */
    @Nullable TaskHolder holder() {
        return holder;
    }

    /** Returns the id of its message in the lane of {@link #holder}. */
    long messageId() {
        return messageId;
    }

    void sent(TaskHolder to, long message) {
        messageId = message;
        holder = to;
    }

    /** No worker has it any more: it waits again, or is over. */
    void unsent() {
        holder = null;
    }

    /** Marks it as settled; false if it was settled or removed before. */
    boolean settle() {
        return mark(SETTLED) == 0;
    }

    boolean wasSettled() {
        return (fate & SETTLED) != 0;
    }

    /** Whether it has ended for the user, so that what its worker does changes nothing. */
    boolean isOver() {
        return fate != 0 || promise.isDone();
    }

    /** Marks it as removed from the pool; false if it was before. */
    boolean markRemoved() {
        return (mark(REMOVED) & REMOVED) == 0;
    }

    /** Sets a bit; returns the bits before. */
    private int mark(int bit) {
        int before = fate;
        while (!FATE.compareAndSet(this, before, before | bit)) {
            before = fate;
        }
        return before;
    }

    /** Its outcome was read. */
    void ran(TaskEnd how, int worker, long runNanos, long waitNanos) {
        end = how;
        event = TaskStream.ended(event);
        if (event != null) {
            event.ran(worker, runNanos, waitNanos);
        }
    }

    /** It has ended without an outcome. */
    void endedAs(TaskEnd how) {
        TaskHolder last = holder;
        endedAt(last == null ? Settlement.Failed.NO_WORKER : last.index(), how);
    }

    /** The same, where the worker is known that had it last; less than 0 if none did. */
    void endedAt(int worker, TaskEnd how) {
        end = how;
        event = TaskStream.ended(event);
        if (event != null && worker >= 0) {
            event.endedAt(worker);
        }
    }

    /** Records that it has left the pool. */
    void record(String pool) {
        if (event != null) {
            TaskEnd other = promise.isCancelled() ? TaskEnd.CANCELLED : TaskEnd.COMPLETED;
            event.end(pool, description(), attempt(), end == null ? other : end);
        }
    }

    /** Returns which attempt this is, from 1 on. */
    int attempt() {
        return attempts + 1;
    }

    /** Frees what only a task that will run needs; the future outlives the task. */
    void forget() {
        bytes = NO_BYTES;
        if (spill != null) {
            spill.release(holder == null); // else the worker that has begun the task may read it
        }
        ends = Transfers.Ends.NONE;
        promise.forgetTask();
    }

    /** Returns the name that the user gave it, or null. */
    @Nullable String name() {
        return settings.name();
    }

    /** Returns a snapshot of it. */
    TaskInfo info() {
        TaskHolder at = holder;
        boolean running = at != null && at.hasBegun(this);
        return new TaskInfo(
                id,
                settings.name(),
                running ? TaskState.RUNNING : TaskState.WAITING,
                at == null ? OptionalInt.empty() : OptionalInt.of(at.index()),
                attempt(),
                Duration.ofNanos(System.nanoTime() - submitted),
                running ? at.progress() : 0);
    }

    /** Returns what messages call it. */
    String description() {
        String name = settings.name();
        return name == null ? "task " + id : "task " + id + " (" + name + ")";
    }

    /** Its worker died while it ran; true if it is to be run again. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time, under the lock
    boolean crashed(WorkerCrashedException crash) {
        if (attempts >= settings.retries()) {
            return false;
        }
        attempts++;
        if (crashes.isEmpty()) {
            crashes = new ArrayList<>();
        }
        crashes.add(crash);
        return true;
    }

    /** Returns the deaths of workers after which it was repeated. */
    List<WorkerCrashedException> crashes() {
        return crashes;
    }

    /** Returns the user's object, as {@code shutdownNow} gives it back. */
    public Runnable asRunnable() {
        if (work instanceof Runnable runnable) {
            return runnable;
        }
        Callable<?> callable = (Callable<?>) work;
        return () -> {
            try {
                callable.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("the task threw", e);
            }
        };
    }
}
