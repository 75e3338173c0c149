package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.OutputLine;
import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LaneHandle;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ChildListener;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.time.Timeout;
import dev.procession.pool.WorkerInfo;
import dev.procession.pool.WorkerState;
import dev.procession.pool.protocol.LaneMessage;
import dev.procession.pool.protocol.TaskOrigin;
import dev.procession.pool.protocol.TaskWord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One worker process, from the decision to start it to its end: the process, its lane, the tasks
 * that it has, and its times. It is made for one process and dropped with it.
 *
 * <p>This object itself guards its state, its tasks and what is sent to the worker; its lock may be
 * taken after the lock of {@link PoolState}, and none is taken inside it. What the worker sends is
 * read by the thread that has its {@link ReaderRole}. {@link #openLane} is called by the thread
 * that starts the worker, before the worker exists.
 *
 * <p>This file is long because the state of a worker, its tasks and its end change at one moment,
 * under one lock; the tasks are in {@link WorkerTasks}, the end in {@link WorkerStop}.
 */
final class WorkerRun implements TaskHolder {

    /** The task of a worker whose start takes longer is taken back. */
    private static final long LONG_START_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The pause between two measurements of the process's memory. */
    private static final long MEMORY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final WorkerSlot slot;
    private final PoolOptions options;
    private final ReaderRole reader = new ReaderRole();

    /** Identifies this worker; the processes that its tasks start inherit it. */
    private final String mark;

    private final long startedAt;

    @GuardedBy("this")
    private final WorkerTasks tasks = new WorkerTasks();

    /**
     * Where the worker is in its life. {@link #changeState} alone changes it:
     *
     * <pre>
     *   STARTING → IDLE, BUSY              its READY was read
     *   IDLE ⇄ BUSY                        a task was sent; the outcome of the last one was read
     *   STARTING, IDLE, BUSY → DRAINING    it was told to exit, terminated or killed
     *   any → DEAD                         its process has ended, or could not be started
     * </pre>
     */
    @GuardedBy("this")
    private WorkerState state = WorkerState.STARTING;

    /** How many processes its place had before; written before {@link #jvm}, read after it. */
    private int restarts;

    /** Written by the thread that starts the worker; null before, and after the worker's end. */
    private volatile @Nullable ChildJvm jvm;

    /** Whether READY was read; stays true to the end. */
    @GuardedBy("this")
    private boolean ready;

    /** Whether the worker is kept in reserve and gets no tasks. */
    @GuardedBy("this")
    private boolean spare;

    @GuardedBy("this")
    private final WorkerStop end = new WorkerStop();

    /** The event of the start, until the worker is ready; null without a recording. */
    @GuardedBy("this")
    private PoolEvents.@Nullable OfStart startEvent = PoolEvents.workerStarts();

    /** Whether the worker gets no more tasks and is told to exit when it has none. */
    @GuardedBy("this")
    private boolean retiring;

    /** Whether its process has ended, and that was not dealt with yet. */
    @GuardedBy("this")
    private boolean lost;

    /** Whether the worker has sent what it never sends; nothing more of it is read. */
    private volatile boolean unreadable;

    /** Whether the worker's first result came, and its control link is still to be opened. */
    private volatile boolean linkDue;

    /** What the initializer threw, encoded. */
    @GuardedBy("this")
    private byte @Nullable [] initializerFailure;

    /** When the memory of the process was measured last; for the pool's own thread. */
    private long residentSeen = System.nanoTime();

    /** Whether that was too much. */
    private volatile boolean tooLarge;

    /** Asks where its task is, before an interrupt or the kill; null if that is not wanted. */
    @GuardedBy("this")
    private @Nullable StackRequest stackRequest;

    WorkerRun(WorkerSlot slot, PoolOptions options, String mark, boolean asSpare) {
        this.slot = slot;
        this.options = options;
        this.mark = mark;
        this.startedAt = System.nanoTime();
        this.spare = asSpare;
    }

    /** Returns the worker that has a task; null if none has. */
    static @Nullable WorkerRun with(Task task) {
        return (WorkerRun) task.holder(); // nothing else holds tasks
    }

    @Override
    public int index() {
        return slot.index();
    }

    /** Returns what messages and threads call the worker. */
    String name() {
        return slot.name();
    }

    String mark() {
        return mark;
    }

    /** Returns the role of the thread that reads what the worker sends. */
    ReaderRole reader() {
        return reader;
    }

    synchronized WorkerState state() {
        return state;
    }

    @GuardedBy("this")
    private void changeState(WorkerState next) {
        if (state == next) {
            return;
        }
        boolean legal =
                switch (next) {
                    case STARTING -> false;
                    case IDLE, BUSY -> state != WorkerState.DRAINING && state != WorkerState.DEAD;
                    case DRAINING -> state != WorkerState.DEAD;
                    case DEAD -> true;
                };
        if (!legal) {
            throw new IllegalStateException(
                    name() + " cannot change its state: from=" + state + ", to=" + next);
        }
        state = next;
    }

    @GuardedBy("this")
    private void updateLoad() {
        if (ready && state != WorkerState.DRAINING && state != WorkerState.DEAD) {
            changeState(tasks.isEmpty() ? WorkerState.IDLE : WorkerState.BUSY);
        }
    }

    /** Opens the lane before the worker starts; returns the worker's end of it. */
    LaneHandle openLane(int capacity) throws IOException {
        return slot.openLane(capacity);
    }

    /** Its process was started; the caller has the pool's lock. */
    void started(ChildJvm child) {
        restarts = slot.started();
        jvm = child;
    }

    /** Whether another thread is about to create its process. */
    synchronized boolean isReserved() {
        return jvm == null && state == WorkerState.STARTING;
    }

    /** Returns the process; null before its start, and when its end was dealt with. */
    @Nullable ChildJvm child() {
        return jvm;
    }

    /** Returns where a task was that has thrown. */
    String origin(Task task) {
        ChildJvm child = jvm;
        return TaskOrigin.of(index(), child == null ? 0 : child.pid(), task.description());
    }

    /** Asks where a task is that has begun, unless that was asked since the last interrupt. */
    synchronized @Nullable StackRequest requestStack(Task task, Runnable whenAnswered) {
        ChildJvm child = jvm;
        StackRequest request = stackRequest;
        if (child != null && (request == null || !request.isAbout(task))) {
            request = new StackRequest(task, child, whenAnswered);
            stackRequest = request;
        }
        return request;
    }

    /** Returns where its task was when the pool killed it because the task did not end, or null. */
    synchronized @Nullable StackRequest stackAtKill() {
        return end.stackAtKill();
    }

    /** Whether this process is this worker, and its end was not dealt with yet. */
    boolean isProcess(long pid) {
        ChildJvm child = jvm;
        return child != null && child.pid() == pid;
    }

    /** Its process has ended; returns the tasks that it has not begun. */
    synchronized List<Task> lost() {
        lost = true;
        return jvm == null ? List.of() : recall();
    }

    /** The worker could not be started, or its end was dealt with; makes its slot free. */
    synchronized void died() {
        changeState(WorkerState.DEAD);
        spare = false;
        jvm = null;
        end.over();
        slot.release();
    }

    synchronized void ready() {
        ready = true;
        tasks.headStartsAt(System.nanoTime());
        updateLoad();
        if (startEvent != null && jvm != null) {
            startEvent.ready(name(), jvm.pid());
            startEvent = null;
        }
    }

    /** Whether the worker has ever said READY. */
    synchronized boolean wasReady() {
        return ready;
    }

    /** The worker's initializer has thrown. */
    synchronized void initializerFailed(byte[] failure) {
        initializerFailure = failure;
    }

    /** Returns what its initializer threw, encoded; null if nothing. */
    synchronized byte @Nullable [] initializerFailure() {
        return initializerFailure;
    }

    synchronized boolean isSpare() {
        return spare;
    }

    /** The spare worker takes tasks from now on. */
    synchronized void promote() {
        spare = false;
    }

    /** Whether the worker stays, as far as is known. */
    synchronized boolean isStaying() {
        return state != WorkerState.DRAINING
                && state != WorkerState.DEAD
                && !retiring
                && !lost
                && !end.killTimeout().isLimited();
    }

    /** Returns why the pool ends it. */
    synchronized EndReason endReason() {
        return end.reason();
    }

    /** Returns how many tasks have ended in it. */
    synchronized long tasksDone() {
        return tasks.done();
    }

    /** Returns for how long it has existed. */
    long ageNanos() {
        return System.nanoTime() - startedAt;
    }

    /** Whether the pool itself has killed this worker. */
    synchronized boolean wasKilled() {
        return end.wasSignalled();
    }

    synchronized int load() {
        return tasks.size();
    }

    /**
     * Says how much the worker has to do, and how much it would take.
     *
     * @param ahead whether tasks may be sent ahead of the one that it runs, if it has credit
     */
    synchronized void describeTo(WorkerChoice choice, boolean ahead, long now) {
        int load = tasks.size();
        boolean inTime = tasks.isHeadShort(now);
        int room = inTime ? room(ahead) : 0;
        if (load > 0 && ready) {
            if (inTime && tasks.meanNanos() >= 0 && !spare && isStaying()) {
                choice.addBusy(this, room, tasks.meanNanos(), load);
            } else {
                choice.addBusy();
            }
        }
        if (room > 0) {
            choice.addTaker(this, room, load, state == WorkerState.IDLE);
        }
    }

    /** Returns how many tasks may be sent now. */
    @GuardedBy("this")
    private int room(boolean ahead) {
        if (jvm == null || spare || !isStaying()) {
            return 0;
        }
        int room = tasks.room(ready, ahead);
        long left = options.maxTasks() - tasks.done() - tasks.size();
        return options.maxTasks() == 0 ? room : (int) Math.max(0, Math.min(room, left));
    }

    /** Whether the worker is ready and has nothing to do. */
    synchronized boolean isFree() {
        return state == WorkerState.IDLE && room(false) > 0;
    }

    /**
     * Returns when tasks begin to wait too long here: behind a long task, or for a long start.
     * {@link Timeout#FOREVER} if none wait.
     *
     * @param anyFree whether another worker is free for them
     */
    synchronized long blockedFrom(boolean anyFree) {
        if (tasks.size() <= (ready ? 1 : 0)) {
            return Timeout.FOREVER;
        }
        return ready ? tasks.blockedFrom(anyFree) : startedAt + (anyFree ? 0 : LONG_START_NANOS);
    }

    /**
     * Takes back the tasks that have not begun, for the first free worker. Nothing is sent ahead
     * until a task of this worker ends; nothing at all while it starts.
     */
    synchronized List<Task> recallBlocked() {
        tasks.sendNothingAhead();
        return recall();
    }

    /** Commits a task to the lane; false when the ring is full. */
    synchronized boolean send(Task task) throws IOException {
        if (task.attempt() > 1) {
            stackRequest = null; // which may be about the attempt before
        }
        boolean committed = tasks.send(this, task);
        updateLoad();
        return committed;
    }

    /** Nothing is sent until the worker has read something, or {@link #tryRingAgain} is called. */
    synchronized void ringIsFull() {
        tasks.ringIsFull();
    }

    /** Forgets that the ring was full; true if it was. */
    synchronized boolean tryRingAgain() {
        return tasks.tryRingAgain();
    }

    /** Returns the parent's end of the lane. */
    LaneEnd lane() {
        LaneEnd lane = slot.lane();
        if (lane == null) {
            throw new IllegalStateException("no worker was ever started here: index=" + index());
        }
        return lane;
    }

    /** Whether the worker may have sent a message that was not read. */
    boolean isReadable() {
        return !unreadable && lane().isReady();
    }

    /**
     * Returns after how long the oldest task is looked at; {@link Timeout#FOREVER} if it is not.
     */
    synchronized long headCheckNanos() {
        return tasks.headCheckNanos();
    }

    /** Whether it has run as many tasks as it may, or gets no more. */
    synchronized boolean isExhausted() {
        return retiring || hasRunMaxTasks();
    }

    /** Kills the worker because of what it sent; nothing more of it is read. */
    void killForProtocolError() {
        unreadable = true; // otherwise the next pass would read the same message
        kill(EndReason.PROTOCOL_ERROR);
    }

    boolean isUnreadable() {
        return unreadable;
    }

    /**
     * Returns the task of an outcome, which is the oldest one after those whose outcomes were read.
     *
     * @param settled how many of the oldest tasks have one, as far as is known
     * @throws ProtocolException if the worker does not have the task, or cannot have finished it
     */
    synchronized Task outcome(int settled, long messageId) throws ProtocolException {
        return tasks.ofOutcome(settled, messageId);
    }

    /** A task has run for so long. */
    synchronized void ran(long nanos) {
        tasks.ran(nanos);
    }

    /** The outcomes of the oldest tasks, up to this one, were read. Allocates nothing. */
    synchronized void finishThrough(Task last, long now) {
        boolean first = tasks.done() == 0;
        tasks.finishThrough(last, now, state == WorkerState.DRAINING ? null : end);
        linkDue |= first && tasks.done() > 0;
        updateLoad();
    }

    /** Whether the control link is to be opened now: after the first result, for it takes long. */
    boolean isLinkDue() {
        return linkDue;
    }

    /**
     * Opens the control link if it is due, and measures the memory of the process now and then;
     * without any lock, because both take long. Only the pool's own thread calls this.
     */
    void doSlowWork(long now) {
        ChildJvm child = jvm;
        if (child == null) {
            return;
        }
        if (linkDue) {
            linkDue = false;
            child.link();
        }
        if (options.maxResidentBytes() != 0 && now - residentSeen >= MEMORY_NANOS) {
            residentSeen = now;
            tooLarge = ResidentMemory.ofProcess(child.pid()) > options.maxResidentBytes();
        }
    }

    /** Takes back all tasks that the worker has not begun; returns them in their order. */
    synchronized List<Task> recall() {
        List<Task> recalled = tasks.recall(this);
        updateLoad();
        return recalled;
    }

    /**
     * Interrupts a task that has begun; the worker will be killed if it does not end in time. Does
     * nothing if the task has ended. Returns the tasks behind it, which must not die with it.
     */
    synchronized List<Task> stop(Task task, long graceNanos) {
        ChildJvm child = jvm;
        if (child == null || !tasks.hasBegun(task, this)) {
            return new ArrayList<>(0);
        }
        boolean linked = child.isLinked();
        Timeout shortened = end.withGrace(graceNanos, linked);
        child.interrupt(task.messageId());
        end.interrupted(task, linked, shortened);
        stackRequest = null; // the next one is for the kill
        return recall();
    }

    /** Whether this task has been interrupted already. */
    synchronized boolean isStopping(Task task) {
        return end.isInterrupted(task);
    }

    /** Returns the oldest task, which runs or will run next; null if there is none. */
    synchronized @Nullable Task head() {
        return ready ? tasks.head() : null;
    }

    synchronized long headSince() {
        return tasks.headSince();
    }

    /**
     * Returns since when the oldest task, if it has begun, has made no progress, as far as is seen.
     */
    synchronized long progressSince(long now) {
        if (tasks.seeProgress(progress(), now) && !end.killTimeout().isLimited()) {
            stackRequest = null; // an older answer shows where the task is no longer
        }
        return tasks.progressSince();
    }

    /** The oldest task has not begun yet: its time starts again. */
    synchronized void restartHeadTime(long now) {
        tasks.headStartsAt(now);
    }

    @Override
    public synchronized boolean hasBegun(Task task) {
        return tasks.hasBegun(task, this);
    }

    /** How many tasks a worker has, and how many of them it runs: one, or none. */
    record Load(int tasks, int running) {}

    /** Returns both at one moment. */
    synchronized Load loadAndRunning() {
        return new Load(tasks.size(), tasks.begunCount(this) > 0 ? 1 : 0);
    }

    @Override
    public double progress() {
        return TaskWord.progress(lane());
    }

    /** Returns the task that the worker has begun and whose outcome has not come; null if none. */
    synchronized @Nullable Task begunTask() {
        return tasks.lastBegun(this);
    }

    /**
     * Returns the tasks that the worker has begun and whose outcome was not read, in their order:
     * one at most, unless the worker became {@linkplain #isUnreadable unreadable}.
     */
    synchronized List<Task> begunTasks() {
        return tasks.begun(this);
    }

    /** Returns all tasks that the worker has, in their order. */
    synchronized List<Task> tasks() {
        return tasks.all();
    }

    /** Returns a task of the worker by the id of its message; null if it has ended. */
    synchronized @Nullable Task find(long messageId) {
        return tasks.find(messageId);
    }

    /** Returns the tasks that the worker has not begun, in their order. */
    synchronized List<Task> unbegunTasks() {
        return tasks.unbegun(this);
    }

    /** Says of which task a line of the worker is, as {@link ChildListener#printed} does. */
    synchronized OutputLine printed(OutputLine line, long task) {
        Task running = task == ChildListener.UNKNOWN ? tasks.lastBegun(this) : null;
        long number = running != null ? TaskWord.task(running.id()) : Math.max(0, task);
        return new OutputLine(
                line.process(),
                line.pid(),
                line.stream(),
                line.text(),
                options.name(),
                index(),
                number,
                tasks.name(number));
    }

    /** Removes all tasks from a dead worker; returns them. */
    synchronized List<Task> abandon() {
        return tasks.abandon();
    }

    /** Returns until when the worker may live; {@link Timeout#NEVER} unless it is being ended. */
    synchronized Timeout killTimeout() {
        return end.killTimeout();
    }

    /** Whether the worker is to be killed now, as {@link WorkerStop#isDue} says. */
    synchronized boolean isKillDue() {
        ChildJvm child = jvm;
        return end.isDue(child != null && child.isLinked(), options.graceNanos());
    }

    /** Returns why it is killed if that {@linkplain #isKillDue is due}. */
    synchronized EndReason killReason() {
        return end.killReason();
    }

    /** Whether it has run as many tasks as it may. */
    synchronized boolean hasRunMaxTasks() {
        return options.maxTasks() > 0 && tasks.done() >= options.maxTasks();
    }

    /** Whether it used too much memory when that was measured last. */
    synchronized boolean isTooLarge() {
        return ready && tooLarge;
    }

    /**
     * Gives the worker no more tasks; it is told to exit when it has none. Returns those that it
     * has not begun.
     */
    synchronized List<Task> retire(EndReason reason) {
        retiring = true;
        end.because(reason);
        return recall();
    }

    synchronized boolean isRetiring() {
        return retiring;
    }

    /** Tells the worker to exit, and kills it if it has not after so long. */
    synchronized void drain(EndReason reason, long exitNanos) {
        if (jvm == null || state == WorkerState.DRAINING) {
            return; // dead, or starting: then it is drained when it has started
        }
        Timeout exitTimeout = Timeout.ofNanos(exitNanos);
        changeState(WorkerState.DRAINING);
        end.told(reason, exitTimeout);
        try {
            if (!lane().offer(LaneMessage.EXIT.wire(), 0, new byte[0])) {
                kill(reason); // a worker that does not read its lane cannot be asked
            }
        } catch (IOException e) {
            kill(reason);
        }
    }

    /** Sends SIGTERM, and kills the worker if that does not help. */
    synchronized void terminate(long graceNanos) {
        if (jvm != null) {
            Timeout shortened = end.killTimeout().atMost(graceNanos);
            jvm.terminate();
            end.signalled(EndReason.KILLED, shortened);
            changeState(WorkerState.DRAINING);
        }
    }

    /** Kills the worker because its task did not end in time. */
    synchronized void kill(EndReason reason, @Nullable StackRequest stack) {
        end.keepStack(stack);
        kill(reason);
    }

    synchronized void kill(EndReason reason) {
        if (jvm != null) {
            jvm.kill();
            end.signalled(reason, Timeout.NEVER);
            changeState(WorkerState.DRAINING);
        } else {
            end.over();
        }
    }

    /** Returns a snapshot of the worker; null while its process is not started. */
    @Nullable WorkerInfo info() {
        ChildJvm child = jvm;
        return child == null ? null : info(child.pid(), ResidentMemory.ofProcess(child.pid()));
    }

    private synchronized WorkerInfo info(long pid, long residentBytes) {
        Task task = begunTask();
        return new WorkerInfo(
                index(),
                pid,
                state,
                task == null ? null : Long.toString(task.id()),
                Duration.ofNanos(ageNanos()),
                tasks.done(),
                ready ? TaskWord.heap(lane()) : 0,
                residentBytes,
                restarts);
    }
}
