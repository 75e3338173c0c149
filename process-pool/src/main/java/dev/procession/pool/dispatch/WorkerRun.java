package dev.procession.pool.dispatch;

import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LaneHandle;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.time.Timeout;
import dev.procession.pool.WorkerInfo;
import dev.procession.pool.WorkerState;
import dev.procession.pool.protocol.LaneMessage;
import dev.procession.pool.protocol.TaskWord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One worker process, from the decision to start it to its end: the process, its lane, the tasks
 * that it has, and its times. It is made for one process and dropped with it.
 *
 * <p>The lock of {@link PoolState} guards it, except for {@link #hasMessage}, {@link #receive} and
 * {@link #isProcess}, which only the dispatcher's thread calls, and {@link #openLane}, which only
 * the thread that starts the worker calls.
 *
 * <p>This file is long because the tasks of a worker, the limit of how many it may have, and the
 * time at which it is killed change together.
 */
final class WorkerRun {

    /** The most tasks that a worker has at once. */
    private static final int MAX_CREDIT = 512;

    /** The tasks behind one that takes longer are taken back. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The tasks of a worker whose start takes longer are taken back. */
    private static final long LONG_START_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The additional time of an interrupted task whose worker is not linked yet. */
    private static final long LINK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final WorkerSlot slot;
    private final PoolOptions options;

    /** Identifies this worker; the processes that its tasks start inherit it. */
    private final String mark;

    private final long startedAt;

    /** Tasks that were sent and have no outcome, by id, in the order in which they will begin. */
    private final Map<Long, Task> underWay = new LinkedHashMap<>();

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
    private WorkerState state = WorkerState.STARTING;

    /** Written by the thread that starts the worker; null before, and after the worker's end. */
    private volatile @Nullable ChildJvm jvm;

    /** Whether READY was read; stays true to the end. */
    private boolean ready;

    /** Whether the worker is kept in reserve and gets no tasks. */
    private boolean spare;

    /** Whether the worker gets no more tasks and is told to exit when it has none. */
    private boolean retiring;

    /** Whether the pool has ended the process by a signal. */
    private boolean killed;

    /** Whether the worker has sent what it never sends; nothing more of it is read. */
    private volatile boolean unreadable;

    /** What the initializer threw, encoded. */
    private byte @Nullable [] initializerFailure;

    /** How many tasks the worker may have at once. */
    private int credit = MAX_CREDIT;

    private long lastOrder;
    private long epoch;
    private long tasksDone;

    /** The lowest priority that was sent since the worker had no task. */
    private int lowestPriority;

    /** Since when the oldest task may have been running; without one, since when there is none. */
    private long headSince;

    /** When the memory of the process was measured last. */
    private long residentSeen;

    private Timeout killTimeout = Timeout.NEVER;

    /** Whether the kill timeout was over when it was checked last. */
    private boolean killWasDue;

    /** The task that was interrupted. */
    private @Nullable Task stopping;

    /** Whether the interrupt waits for the worker's link. */
    private boolean interruptPending;

    WorkerRun(WorkerSlot slot, PoolOptions options, boolean asSpare) {
        long now = System.nanoTime();
        this.slot = slot;
        this.options = options;
        this.mark = ProcessHandle.current().pid() + "-" + slot.index() + "-" + now;
        this.startedAt = now;
        this.spare = asSpare;
    }

    int index() {
        return slot.index();
    }

    /** Returns what messages and threads call the worker. */
    String name() {
        return slot.name();
    }

    String mark() {
        return mark;
    }

    WorkerState state() {
        return state;
    }

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

    /** Opens the lane before the worker starts; returns the worker's end of it. */
    LaneHandle openLane(int capacity) throws IOException {
        return slot.openLane(capacity);
    }

    void started(ChildJvm child) {
        jvm = child;
    }

    /** Whether this process is this worker, and its end was not dealt with yet. */
    boolean isProcess(long pid) {
        ChildJvm child = jvm;
        return child != null && child.pid() == pid;
    }

    /** The worker could not be started, or has ended; makes its slot free. */
    void died() {
        changeState(WorkerState.DEAD);
        spare = false;
        jvm = null;
        stopping = null;
        killTimeout = Timeout.NEVER;
        slot.release();
    }

    void ready() {
        ready = true;
        credit = Math.max(1, credit);
        headSince = System.nanoTime();
        updateLoad();
    }

    /** Whether the worker has ever said READY. */
    boolean wasReady() {
        return ready;
    }

    /** The worker's initializer has thrown. */
    void initializerFailed(byte[] failure) {
        initializerFailure = failure;
    }

    /** Returns what its initializer threw, encoded; null if nothing. */
    byte @Nullable [] initializerFailure() {
        return initializerFailure;
    }

    boolean isSpare() {
        return spare;
    }

    /** The spare worker takes tasks from now on. */
    void promote() {
        spare = false;
    }

    /** Whether the worker stays, as far as is known. */
    boolean isStaying() {
        return state != WorkerState.DRAINING
                && state != WorkerState.DEAD
                && !retiring
                && !killTimeout.isLimited();
    }

    /** Whether the pool itself has killed this worker. */
    boolean wasKilled() {
        return killed;
    }

    /** Whether a task may be sent to this worker. */
    boolean takesTasks() {
        return jvm != null
                && !spare
                && isStaying()
                && (options.maxTasks() == 0 || tasksDone + load() < options.maxTasks());
    }

    int load() {
        return underWay.size();
    }

    /** Whether the worker has fewer tasks than it may have at once. */
    boolean hasCredit() {
        return load() < credit;
    }

    /** Returns when the oldest task, or the start of the worker, begins to count as long. */
    private long longAt() {
        return ready ? headSince + LONG_NANOS : startedAt + LONG_START_NANOS;
    }

    /** Whether tasks wait here behind a long one, or for a long start. */
    boolean blocksTasks(long now) {
        return load() > (ready ? 1 : 0) && now - longAt() > 0;
    }

    /** Returns for how long {@link #blocksTasks} stays false. */
    long nanosUntilItBlocks(long now) {
        return ready && load() > 1 ? Math.max(0, longAt() - now) : Timeout.FOREVER;
    }

    /**
     * Takes back the tasks that have not begun, for the first free worker. Until a task of this
     * worker ends soon, it gets one at a time; none while it starts.
     */
    List<Task> recallAll() {
        credit = ready ? 1 : 0;
        return recall();
    }

    private void updateLoad() {
        if (ready && state != WorkerState.DRAINING && state != WorkerState.DEAD) {
            changeState(underWay.isEmpty() ? WorkerState.IDLE : WorkerState.BUSY);
        }
    }

    /** Commits a task to the lane; false when the ring is full. */
    boolean send(Task task) throws IOException {
        long id = TaskWord.id(epoch, task.id());
        boolean only = underWay.isEmpty();
        Long key = task.id();
        boolean sent = false;
        try {
            underWay.put(key, task); // first: when memory is short, no unknown task may run
            sent = lane().offer(LaneMessage.TASK.wire(), id, task.bytes());
        } finally {
            if (!sent) {
                underWay.remove(key);
            }
        }
        if (!sent) {
            return false;
        }
        if (only) {
            headSince = System.nanoTime();
        }
        lowestPriority = only ? task.priority() : Math.min(lowestPriority, task.priority());
        task.sent(this, id, ++lastOrder);
        updateLoad();
        return true;
    }

    /** Returns the parent's end of the lane. */
    LaneEnd lane() {
        LaneEnd lane = slot.lane();
        if (lane == null) {
            throw new IllegalStateException("no worker was ever started here: index=" + index());
        }
        return lane;
    }

    /** Whether the worker has sent a message that was not read. */
    boolean hasMessage() throws IOException {
        LaneEnd mine = slot.lane();
        return mine != null && !unreadable && mine.peek();
    }

    /**
     * Reads the next message. If this throws an {@link OutOfMemoryError}, it was not read.
     *
     * @throws IOException if the worker has sent what it never sends; nothing after it is readable
     */
    void receive(ReceivedMessage into) throws IOException {
        LaneEnd mine = lane();
        int wire = mine.type();
        LaneMessage type = LaneMessage.of(wire);
        if (!type.isFromWorker()) {
            throw new ProtocolException("unexpected from a worker: " + type);
        }
        into.fill(type, mine.number(), LaneMessage.nanos(wire), mine.takePayload());
    }

    /** Kills the worker because of what it sent; nothing more of it is read. */
    void killForProtocolError() {
        unreadable = true; // otherwise the next pass would read the same message
        kill();
    }

    boolean isUnreadable() {
        return unreadable;
    }

    /** Returns the task of an outcome; null if this worker does not have it. */
    @Nullable Task underWay(long messageId) {
        return underWay.get(TaskWord.task(messageId));
    }

    /** The outcome of a task has come. */
    void finish(long messageId, long now) {
        Task task = underWay.remove(TaskWord.task(messageId));
        if (task == null) {
            return;
        }
        task.unsent();
        if (tasksDone++ == 0 && jvm != null) {
            jvm.link();
        }
        if (now - headSince <= LONG_NANOS) {
            credit = Math.min(MAX_CREDIT, 2 * credit);
        }
        headSince = now;
        if (task == stopping && state != WorkerState.DRAINING) {
            stopping = null;
            interruptPending = false;
            killTimeout = Timeout.NEVER; // the interrupt was enough
        }
        updateLoad();
    }

    /** Takes back all tasks that the worker has not begun; returns them in their order. */
    List<Task> recall() {
        if (underWay.isEmpty() || (underWay.size() == 1 && begunTask() != null)) {
            return new ArrayList<>(0);
        }
        epoch = TaskWord.recall(lane());
        Task begun = underWay.get(TaskWord.begun(lane()));
        List<Task> recalled = new ArrayList<>();
        for (Task task : underWay.values()) {
            if (begun == null || task.order() > begun.order()) {
                recalled.add(task);
            }
        }
        for (Task task : recalled) {
            underWay.remove(task.id());
            task.unsent();
        }
        updateLoad();
        return recalled;
    }

    /** Returns a lower bound of the priorities of the tasks that have not begun. */
    int lowestPriorityAhead() {
        return underWay.size() < 2 ? Integer.MAX_VALUE : lowestPriority;
    }

    /**
     * Interrupts a task that has begun; the worker will be killed if it does not end in time.
     * Returns the tasks behind it, which must not die with it.
     */
    List<Task> stop(Task task, long graceNanos) {
        ChildJvm child = jvm;
        if (child == null) {
            return new ArrayList<>(0);
        }
        boolean pending = !child.isLinked();
        Timeout shortened =
                killTimeout.atMost(pending ? graceNanosWithLink(graceNanos) : graceNanos);
        child.interrupt(task.messageId());
        stopping = task;
        interruptPending = pending;
        killTimeout = shortened;
        return recall();
    }

    private static long graceNanosWithLink(long graceNanos) {
        return Math.min(graceNanos, Timeout.FOREVER - LINK_NANOS) + LINK_NANOS;
    }

    /** Whether this task has been interrupted already. */
    boolean isStopping(Task task) {
        return stopping == task;
    }

    /** Returns the oldest task, which runs or will run next; null if there is none. */
    @Nullable Task head() {
        return ready && !underWay.isEmpty() ? underWay.values().iterator().next() : null;
    }

    long headSince() {
        return headSince;
    }

    /** The oldest task has not begun yet: its time starts again. */
    void restartHeadTime(long now) {
        headSince = now;
    }

    boolean hasBegun(Task task) {
        Task begun = begunTask();
        return begun != null && task.order() <= begun.order();
    }

    double progress() {
        return TaskWord.progress(lane());
    }

    /** Returns the task that the worker has begun and whose outcome has not come; null if none. */
    @Nullable Task begunTask() {
        return underWay.isEmpty() ? null : underWay.get(TaskWord.begun(lane()));
    }

    /**
     * Returns the tasks that the worker has begun and whose outcome was not read, in their order:
     * one at most, unless the worker became {@linkplain #isUnreadable unreadable}.
     */
    List<Task> begunTasks() {
        Task last = begunTask();
        List<Task> begun = new ArrayList<>();
        for (Task task : underWay.values()) {
            if (last != null && task.order() <= last.order()) {
                begun.add(task);
            }
        }
        return begun;
    }

    /** Returns the tasks that the worker has not begun, in their order. */
    List<Task> unbegunTasks() {
        List<Task> unbegun = new ArrayList<>(underWay.values());
        unbegun.removeAll(begunTasks());
        return unbegun;
    }

    /** Removes all tasks from a dead worker; returns them. */
    List<Task> abandon() {
        List<Task> abandoned = new ArrayList<>(underWay.values());
        abandoned.forEach(Task::unsent);
        underWay.clear();
        return abandoned;
    }

    /** Returns until when the worker may live; {@link Timeout#NEVER} unless it is being ended. */
    Timeout killTimeout() {
        return killTimeout;
    }

    /**
     * Whether the worker is to be killed now. That is true only at the second call after the time
     * is over: the messages that are read between the calls may show that the interrupt was enough.
     * The grace period of an interrupted task starts when its worker is linked.
     */
    boolean isKillDue() {
        if (interruptPending && jvm != null && jvm.isLinked()) {
            interruptPending = false;
            killTimeout = killTimeout.atMost(options.graceNanos());
        }
        if (!killTimeout.isOver()) {
            killWasDue = false;
            return false;
        }
        boolean due = killWasDue;
        killWasDue = true;
        return due;
    }

    /** Whether it has run as many tasks as it may. */
    boolean hasRunMaxTasks() {
        return options.maxTasks() > 0 && tasksDone >= options.maxTasks();
    }

    /** Measures the worker's memory after each interval; true if it uses too much. */
    boolean isTooLarge(long now, long interval) {
        ChildJvm child = jvm;
        if (options.maxResidentBytes() == 0
                || child == null
                || !ready
                || now - residentSeen < interval) {
            return false;
        }
        residentSeen = now;
        return ResidentMemory.ofProcess(child.pid()) > options.maxResidentBytes();
    }

    /**
     * Gives the worker no more tasks; it is told to exit when it has none. Returns those that it
     * has not begun.
     */
    List<Task> retire() {
        retiring = true;
        return recall();
    }

    boolean isRetiring() {
        return retiring;
    }

    /** Tells the worker to exit, and kills it if it has not after so long. */
    void drain(long exitNanos) {
        if (jvm == null || state == WorkerState.DRAINING) {
            return; // dead, or starting: then it is drained when it has started
        }
        Timeout exitTimeout = Timeout.ofNanos(exitNanos);
        changeState(WorkerState.DRAINING);
        killTimeout = exitTimeout;
        try {
            if (!lane().offer(LaneMessage.EXIT.wire(), 0, new byte[0])) {
                kill(); // a worker that does not read its lane cannot be asked
            }
        } catch (IOException e) {
            kill();
        }
    }

    /** Sends SIGTERM, and kills the worker if that does not help. */
    void terminate(long graceNanos) {
        if (jvm != null) {
            Timeout shortened = killTimeout.atMost(graceNanos);
            jvm.terminate();
            killed = true;
            changeState(WorkerState.DRAINING);
            killTimeout = shortened;
        }
    }

    void kill() {
        if (jvm != null) {
            jvm.kill();
            killed = true;
            changeState(WorkerState.DRAINING);
        }
        killTimeout = Timeout.NEVER;
    }

    /** Returns a snapshot of the worker; null while its process is not started. */
    @Nullable WorkerInfo info() {
        ChildJvm child = jvm;
        if (child == null) {
            return null;
        }
        Task task = begunTask();
        return new WorkerInfo(
                index(),
                child.pid(),
                state,
                task == null ? null : Long.toString(task.id()),
                Duration.ofNanos(System.nanoTime() - startedAt),
                tasksDone,
                ready ? TaskWord.heap(lane()) : 0,
                ResidentMemory.ofProcess(child.pid()));
    }
}
