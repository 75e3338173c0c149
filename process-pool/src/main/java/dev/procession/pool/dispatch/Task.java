package dev.procession.pool.dispatch;

import dev.procession.core.WorkerCrashedException;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.Transfers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A task in the parent: what was encoded, whom to tell, and where it is. What changes is guarded by
 * the dispatcher's lock.
 */
public final class Task {

    private static final byte[] NO_BYTES = {};

    /** Where it waits, of {@link TaskQueue} alone. */
    TaskQueue.@Nullable Level level;

    @Nullable Task previous;
    @Nullable Task next;

    private final long id;
    private byte[] bytes;
    private final Object work;
    private Transfers.Ends ends;
    private final TaskPromise promise;
    private final TaskSettings settings;
    private final long submitted = System.nanoTime();
    private List<WorkerCrashedException> crashes = List.of();
    private @Nullable WorkerRun run;
    private long messageId;
    private long order;
    private boolean settled;
    private boolean removed;

    /**
     * Makes a task.
     *
     * @param shipment what a worker decodes and runs
     * @param work the user's object, a {@link Runnable} or a {@link Callable}
     * @param promise the future, settled once
     * @param settings the task's timeout, retries, priority and name
     */
    public Task(
            Transfers.Shipment shipment, Object work, TaskPromise promise, TaskSettings settings) {
        this.id = promise.id();
        this.bytes = shipment.bytes();
        this.ends = shipment.ends();
        this.work = work;
        this.promise = promise;
        this.settings = settings;
    }

    long id() {
        return id;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The ends that move to the worker inside it. */
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

    int priority() {
        return settings.priority();
    }

    /** When it was submitted, on the clock of {@link System#nanoTime}. */
    long submitted() {
        return submitted;
    }

    /** Where it is under way, or null. */
    @Nullable WorkerRun run() {
        return run;
    }

    /** The id of its message in the lane of {@link #run}. */
    long messageId() {
        return messageId;
    }

    /** Those with a lower one were sent to the same {@link #run} before. */
    long order() {
        return order;
    }

    void sent(WorkerRun to, long message, long orderThere) {
        run = to;
        messageId = message;
        order = orderThere;
    }

    /** It waits again, or is over. */
    void unsent() {
        run = null;
    }

    /** There is a verdict on it; false when there was one already. */
    boolean settle() {
        boolean first = !settled && !removed;
        settled = true;
        return first;
    }

    /** True if nothing that its worker does can change how it ends, for it has, for the user. */
    boolean isOver() {
        return settled || removed || promise.isDone();
    }

    /** Counts it as gone from the pool; false when it was counted already. */
    boolean markRemoved() {
        boolean first = !removed;
        removed = true;
        return first;
    }

    /** Gives up what only a task has that is still to be run; its future outlives it. */
    void forget() {
        bytes = NO_BYTES;
        ends = Transfers.Ends.NONE;
        promise.forgetTask();
    }

    /** What messages call it. */
    String description() {
        String name = settings.name();
        return name == null ? "task " + id : "task " + id + " (" + name + ")";
    }

    /** Its worker died; true if it is to be run again. */
    boolean crashed(WorkerCrashedException crash) {
        if (crashes.size() >= settings.retries()) {
            return false;
        }
        if (crashes.isEmpty()) {
            crashes = new ArrayList<>();
        }
        crashes.add(crash);
        return true;
    }

    /** The attempts that ended with a worker's death and were repeated. */
    List<WorkerCrashedException> crashes() {
        return crashes;
    }

    /** What {@code shutdownNow} returns for a task that never began. */
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
