package dev.procession.pool.dispatch;

import dev.procession.core.link.ProtocolException;
import dev.procession.core.time.Timeout;
import dev.procession.pool.protocol.TaskWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one worker: those that were sent to it and have no outcome, how many more it may
 * have, and since when the oldest one has been running. The {@link WorkerRun} guards it.
 */
final class WorkerTasks {

    /** What is behind a task that takes longer is taken back, even if all workers are busy. */
    static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final SentTasks sent = new SentTasks();
    private final Credit credit = new Credit();

    /** Whether the ring had no room for a task, perhaps because of records that were recalled. */
    private boolean ringFull;

    /** What the worker compares with the ids of its tasks, to see which of them were recalled. */
    private long epoch;

    private long done;

    /** Since when the oldest task may have been running; without one, since when there is none. */
    private long headSince;

    /** The names of tasks that have ended; null as long as none of them had a name. */
    private @Nullable EndedNames names;

    /** The progress of the oldest task when it was looked at last. */
    private double lastProgress;

    /** Since when it has been that. */
    private long progressSince = System.nanoTime();

    int size() {
        return sent.size();
    }

    boolean isEmpty() {
        return sent.isEmpty();
    }

    /** Returns how many have ended. */
    long done() {
        return done;
    }

    /** Returns the oldest task; null if there is none. */
    @Nullable Task head() {
        return sent.at(0);
    }

    long headSince() {
        return headSince;
    }

    /** The oldest task has not begun before: its time starts now. */
    void headStartsAt(long now) {
        headSince = now;
    }

    /** Whether the oldest task, if there is one, has not turned out to be a long one. */
    boolean isHeadShort(long now) {
        return sent.isEmpty() || now - headSince <= Credit.WINDOW_NANOS;
    }

    /** Returns how long a task takes, by the last ones; less than 0 if none has ended. */
    long meanNanos() {
        return credit.meanNanos();
    }

    /** A task has run for so long. */
    void ran(long nanos) {
        credit.ended(nanos);
    }

    /**
     * Returns how many more tasks may be sent now, as far as these tasks decide it.
     *
     * @param ready whether the worker has come up; while it starts, one task waits for it
     * @param ahead whether tasks may be sent ahead of the one that it runs, if it has credit
     */
    int room(boolean ready, boolean ahead) {
        int most = ready ? 1 + (ahead ? credit.ahead() : 0) : Math.min(1, credit.ahead());
        return ringFull ? 0 : Math.max(0, most - sent.size());
    }

    /** When the tasks behind the oldest one wait too long, if another worker is free or not. */
    long blockedFrom(boolean anyFree) {
        return headSince + (anyFree ? Credit.WINDOW_NANOS : LONG_NANOS);
    }

    /** Nothing is sent ahead until a task ends. */
    void sendNothingAhead() {
        credit.recalled();
    }

    /** Commits a task to the lane; false when the ring is full. */
    boolean send(WorkerRun run, Task task) throws IOException {
        long id = TaskWord.id(epoch, task.id());
        boolean only = sent.isEmpty();
        boolean committed = false;
        sent.reserve();
        if (task.attempt() > 1) { // perhaps it was this worker that ran it before
            TaskWord.forget(run.lane(), task.id());
        }
        task.sent(run, id); // first: when memory is short, no unknown task may run
        sent.add(task);
        try {
            committed = task.offerTo(run.lane(), id);
        } finally {
            if (!committed) {
                sent.removeLast();
                task.unsent();
            }
        }
        if (committed && only) {
            headSince = System.nanoTime();
        }
        return committed;
    }

    /** Nothing is sent until the worker has read something, or {@link #tryRingAgain} is called. */
    void ringIsFull() {
        ringFull = true;
    }

    /** Forgets that the ring was full; true if it was. */
    boolean tryRingAgain() {
        boolean was = ringFull;
        ringFull = false;
        return was;
    }

    /**
     * Returns the task of an outcome, which is the oldest one after those whose outcomes were read.
     *
     * @param settled how many of the oldest tasks have one, as far as is known
     * @throws ProtocolException if the worker does not have the task, or cannot have finished it
     */
    Task ofOutcome(int settled, long messageId) throws ProtocolException {
        Task task = sent.at(settled);
        if (task == null || task.messageId() != messageId) {
            int position = 0; // a thread has failed before it had counted
            task = sent.at(0);
            while (task != null && task.messageId() != messageId && task.wasSettled()) {
                task = sent.at(++position);
            }
        }
        if (task == null || task.messageId() != messageId) {
            throw new ProtocolException(
                    "the outcome of a task that it does not run: id=" + TaskWord.task(messageId));
        }
        return task;
    }

    /**
     * The outcomes of the oldest tasks, up to this one, were read. Allocates nothing, but for the
     * first name.
     *
     * @param end how the worker is ended, which may wait for one of them; null if it ends anyway
     */
    void finishThrough(Task last, long now, @Nullable WorkerStop end) {
        int count = sent.position(TaskWord.task(last.id())) + 1;
        for (int i = 0; i < count; i++) {
            Task task = sent.at(i);
            if (task == null) {
                continue;
            }
            task.unsent();
            keepName(task);
            if (end != null) {
                end.ended(task);
            }
        }
        sent.removeFirst(count);
        done += count;
        headSince = now;
        ringFull = false;
    }

    /** Takes back all tasks that the worker has not begun; returns them in their order. */
    List<Task> recall(WorkerRun run) {
        if (sent.isEmpty() || (sent.size() == 1 && begunCount(run) == 1)) {
            return new ArrayList<>(0);
        }
        List<Task> recalled = new ArrayList<>(sent.size()); // first: it may fail
        epoch = TaskWord.recall(run.lane());
        removeFrom(begunCount(run), recalled);
        return recalled;
    }

    /** Removes all tasks from a dead worker; returns them. */
    List<Task> abandon() {
        List<Task> abandoned = new ArrayList<>(sent.size());
        removeFrom(0, abandoned);
        for (Task task : abandoned) {
            keepName(task);
        }
        return abandoned;
    }

    /** Keeps the name for lines of output that are read later. */
    private void keepName(Task task) {
        String name = task.name();
        if (name != null) {
            EndedNames kept = names == null ? new EndedNames() : names;
            names = kept;
            kept.add(TaskWord.task(task.id()), name);
        }
    }

    /** Returns the name of a task that it has, or had not long ago; null if it has none. */
    @Nullable String name(long number) {
        int position = sent.position(number);
        Task task = position < 0 ? null : sent.at(position);
        if (task != null) {
            return task.name();
        }
        return names == null ? null : names.of(number);
    }

    private void removeFrom(int position, List<Task> removed) {
        sent.removeFrom(position, removed);
        for (Task task : removed) {
            task.unsent();
        }
    }

    /** Returns how many of them the worker has begun: the oldest ones. */
    int begunCount(WorkerRun run) {
        return sent.isEmpty() ? 0 : sent.position(TaskWord.begun(run.lane())) + 1;
    }

    boolean hasBegun(Task task, WorkerRun run) {
        int position = sent.position(TaskWord.task(task.id()));
        return position >= 0 && position < begunCount(run);
    }

    /** Returns the one that the worker has begun last; null if it has begun none. */
    @Nullable Task lastBegun(WorkerRun run) {
        int begun = begunCount(run);
        return begun == 0 ? null : sent.at(begun - 1);
    }

    /** Returns those that the worker has begun, in their order. */
    List<Task> begun(WorkerRun run) {
        return sent.between(0, begunCount(run));
    }

    /** Returns those that the worker has not begun, in their order. */
    List<Task> unbegun(WorkerRun run) {
        return sent.between(begunCount(run), sent.size());
    }

    /** Returns all, in their order. */
    List<Task> all() {
        return sent.between(0, sent.size());
    }

    /** Returns a task by the id of its message; null if it has ended. */
    @Nullable Task find(long messageId) {
        int position = sent.position(TaskWord.task(messageId));
        return position < 0 ? null : sent.at(position);
    }

    /** Returns after how long the oldest one is looked at; {@link Timeout#FOREVER} if it is not. */
    long headCheckNanos() {
        Task head = sent.at(0);
        return head == null ? Timeout.FOREVER : head.checkNanos();
    }

    /** Looks at the progress of the oldest one; true if it has gone on since the last look. */
    boolean seeProgress(double seen, long now) {
        if (seen == lastProgress && progressSince - headSince >= 0) {
            return false;
        }
        progressSince = seen != lastProgress ? now : headSince;
        lastProgress = seen;
        return true;
    }

    /** Returns since when the oldest one has made no progress, as far as was seen. */
    long progressSince() {
        return progressSince;
    }
}
