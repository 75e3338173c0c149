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
 * One place in the pool: its lane, which outlives workers, and the worker that has it now.
 *
 * <pre>
 *   STARTING ──READY──▶ IDLE ⇄ BUSY    by tasks sent and outcomes received
 *       │                 │      │
 *       └────────┬────────┴──────┘
 *                ├──told to exit, or killed──▶ DRAINING
 *                └──────────the process ended (from any state)──▶ DEAD ──a new worker──▶ STARTING
 * </pre>
 *
 * <p>Everything here is guarded by the dispatcher's lock, but for {@link #receive}, which only the
 * dispatcher's thread calls.
 */
final class WorkerSlot {

    /** How many tasks are sent ahead to a worker at most. */
    private static final int MOST_AHEAD = 512;

    /** From when on a task does not keep the ones behind it. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** From when on a start does not keep the tasks that were sent to it. */
    private static final long LONG_START_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How much longer an interrupted task may live whose worker cannot be told yet. */
    private static final long LINK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int index;
    private final PoolOptions options;

    /** By number, in the order in which they were sent and will be begun. */
    private final Map<Long, Task> underWay = new LinkedHashMap<>();

    private WorkerState state = WorkerState.DEAD;
    private @Nullable LaneEnd lane;
    private volatile @Nullable ChildJvm jvm;
    private long lastOrder;
    private long epoch;

    // Of the worker that has the slot now.
    private boolean ready;
    private boolean spare;
    private boolean retiring;
    private boolean killed;
    private long startedAt;
    private long headSince;
    private long residentSeen;
    private long tasksDone;
    private Timeout killTimeout = Timeout.NEVER;
    private boolean killWasDue;
    private boolean interruptPending;
    private volatile boolean unreadable;
    private int lowestPriority;
    private int credit;
    private @Nullable Task stopping;
    private String mark = "";
    private byte @Nullable [] initializerFailure;

    WorkerSlot(int index, PoolOptions options) {
        this.index = index;
        this.options = options;
    }

    int index() {
        return index;
    }

    /** What messages and threads call the worker. */
    String name() {
        return options.name() + "-" + index;
    }

    WorkerState state() {
        return state;
    }

    @Nullable LaneEnd lane() {
        return lane;
    }

    /** A worker is about to be started here. */
    void reserve(boolean asSpare) {
        long now = System.nanoTime();
        mark = ProcessHandle.current().pid() + "-" + index + "-" + now; // may fail: before the rest
        state = WorkerState.STARTING;
        ready = false;
        spare = asSpare;
        retiring = false;
        killed = false;
        startedAt = now;
        residentSeen = 0;
        tasksDone = 0;
        credit = MOST_AHEAD;
        killTimeout = Timeout.NEVER;
        interruptPending = false;
        unreadable = false;
        stopping = null;
        initializerFailure = null;
        epoch = 0;
    }

    /** What tells the processes that the worker's tasks start from all others. */
    String mark() {
        return mark;
    }

    /**
     * The lane for a worker about to start: a new one, or the dead predecessor's, emptied. Nobody
     * else uses the slot between {@link #reserve} and {@link #started}.
     */
    LaneHandle openLane(int capacity) throws IOException {
        LaneEnd mine = lane;
        if (mine != null) {
            return mine.renew();
        }
        LaneEnd[] pair = LaneEnd.createPair(capacity);
        lane = pair[0];
        return pair[1].move();
    }

    void started(ChildJvm child) {
        jvm = child;
    }

    /** True if this process is the worker that has the slot now; by the dispatcher's thread. */
    boolean isRunBy(long pid) {
        ChildJvm child = jvm;
        return child != null && child.pid() == pid;
    }

    /** The worker could not be started, or has ended. */
    void died() {
        state = WorkerState.DEAD;
        spare = false;
        jvm = null;
        stopping = null;
        killTimeout = Timeout.NEVER;
    }

    void ready() {
        ready = true;
        credit = Math.max(1, credit);
        headSince = System.nanoTime();
        updateLoad();
    }

    /** True if the worker ever said READY. */
    boolean wasReady() {
        return ready;
    }

    /** The worker's initializer has thrown. */
    void initializerFailure(byte[] failure) {
        initializerFailure = failure;
    }

    /** What its initializer threw, encoded, if it did. */
    byte @Nullable [] initializerFailure() {
        return initializerFailure;
    }

    boolean isLive() {
        return state != WorkerState.DEAD;
    }

    boolean isSpare() {
        return spare;
    }

    /** The spare worker takes tasks from now on. */
    void promote() {
        spare = false;
    }

    /** True if the worker stays, as far as is known. */
    boolean isStaying() {
        return isLive() && state != WorkerState.DRAINING && !retiring && !killTimeout.isLimited();
    }

    /** True if the pool itself has killed this worker. */
    boolean wasKilled() {
        return killed;
    }

    /** True if a task may be sent here. */
    boolean takesTasks() {
        return jvm != null
                && !spare
                && isStaying()
                && (options.maxTasks() == 0 || tasksDone + load() < options.maxTasks());
    }

    int load() {
        return underWay.size();
    }

    /** True if one more task may be sent here, as far as those that are here are concerned. */
    boolean hasCredit() {
        return load() < credit;
    }

    /** When the oldest task here is one that takes long, or the worker's start is. */
    private long longAt() {
        return ready ? headSince + LONG_NANOS : startedAt + LONG_START_NANOS;
    }

    /** True if tasks wait here behind one that takes long, or for a start that does. */
    boolean blocksTasks(long now) {
        return load() > (ready ? 1 : 0) && now - longAt() > 0;
    }

    /** For how long {@link #blocksTasks} will not begin to be true of a worker that is up. */
    long nanosUntilItBlocks(long now) {
        return ready && load() > 1 ? Math.max(0, longAt() - now) : Timeout.FOREVER;
    }

    /**
     * Takes back what waits here, for whichever worker is free first. Until a task here ends soon,
     * one at a time is sent; none while the worker starts.
     */
    List<Task> recallAll() {
        credit = ready ? 1 : 0;
        return recall();
    }

    private void updateLoad() {
        if (ready && state != WorkerState.DRAINING && state != WorkerState.DEAD) {
            state = underWay.isEmpty() ? WorkerState.IDLE : WorkerState.BUSY;
        }
    }

    /** Commits a task to the lane; false when the ring is full. */
    boolean send(Task task) throws IOException {
        long id = TaskWord.id(epoch, task.id());
        boolean only = underWay.isEmpty();
        Long key = task.id();
        boolean sent = false;
        try {
            underWay.put(key, task); // first: when memory is short, it is not to run unknown
            sent = openLane().offer(LaneMessage.TASK.wire(), id, task.bytes());
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

    private LaneEnd openLane() {
        if (lane == null) {
            throw new IllegalStateException("no worker was ever started here: index=" + index);
        }
        return lane;
    }

    /** True if the worker has sent a message that was not read; by the dispatcher's thread. */
    boolean hasMessage() throws IOException {
        LaneEnd mine = lane;
        return mine != null && !unreadable && mine.peek();
    }

    /**
     * Reads the message that is there. If this throws an {@link OutOfMemoryError}, it was not read.
     *
     * @throws IOException if the worker has sent what it never sends; nothing after it is readable
     */
    void receive(ReceivedMessage into) throws IOException {
        LaneEnd mine = openLane();
        int wire = mine.type();
        LaneMessage type = LaneMessage.of(wire);
        if (!type.isFromWorker()) {
            throw new ProtocolException("unexpected from a worker: " + type);
        }
        into.fill(type, mine.number(), LaneMessage.nanos(wire), mine.takePayload());
    }

    /** Kills a worker that sent what makes no sense; nothing more that it sent is read. */
    void killForProtocolError() {
        unreadable = true; // the next look would find the same message
        kill();
    }

    boolean isUnreadable() {
        return unreadable;
    }

    /** The task of an outcome; null when it was not under way here. */
    @Nullable Task underWay(long messageId) {
        return underWay.get(TaskWord.task(messageId));
    }

    /** The outcome of a task under way has come. */
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
            credit = Math.min(MOST_AHEAD, 2 * credit);
        }
        headSince = now;
        if (task == stopping && state != WorkerState.DRAINING) {
            stopping = null;
            interruptPending = false;
            killTimeout = Timeout.NEVER; // the interrupt was enough
        }
        updateLoad();
    }

    /** Takes all tasks back that the worker has not begun, in their order. */
    List<Task> recall() {
        if (underWay.isEmpty() || (underWay.size() == 1 && begunTask() != null)) {
            return new ArrayList<>(0);
        }
        epoch = TaskWord.recall(openLane());
        Task begun = underWay.get(TaskWord.begun(openLane()));
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

    /** A priority that nothing that was sent here and may not have begun goes below. */
    int lowestPriorityAhead() {
        return underWay.size() < 2 ? Integer.MAX_VALUE : lowestPriority;
    }

    /**
     * Interrupts a task that has begun; its worker will be killed if that does not help. Returns
     * what was behind it, which the killing must not hit.
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

    /** True if this task has been interrupted already. */
    boolean isStopping(Task task) {
        return stopping == task;
    }

    /** The oldest task here, and since when it may have been running; null when there is none. */
    @Nullable Task head() {
        return ready && !underWay.isEmpty() ? underWay.values().iterator().next() : null;
    }

    long headSince() {
        return headSince;
    }

    /** What {@link #head} gave has not begun yet. */
    void restartHeadTime(long now) {
        headSince = now;
    }

    boolean hasBegun(Task task) {
        Task begun = begunTask();
        return begun != null && task.order() <= begun.order();
    }

    double progress() {
        return TaskWord.progress(openLane());
    }

    /** The task that the worker has begun last and whose outcome has not come, or null. */
    @Nullable Task begunTask() {
        return underWay.isEmpty() ? null : underWay.get(TaskWord.begun(openLane()));
    }

    /**
     * What the worker has begun and whose outcome was not read, in its order: one at most, unless
     * something that it sent was {@linkplain #isUnreadable not read}.
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

    /** What was only sent ahead to the worker, in its order. */
    List<Task> unbegunTasks() {
        List<Task> unbegun = new ArrayList<>(underWay.values());
        unbegun.removeAll(begunTasks());
        return unbegun;
    }

    /** Forgets all tasks, of a dead worker. */
    List<Task> abandon() {
        List<Task> abandoned = new ArrayList<>(underWay.values());
        abandoned.forEach(Task::unsent);
        underWay.clear();
        return abandoned;
    }

    /** Until when the worker may live; {@link Timeout#NEVER} unless it is being ended. */
    Timeout killTimeout() {
        return killTimeout;
    }

    /**
     * True if the worker is to be killed now. Not at the first look: what it has sent by then is
     * read before the second one, and may show that the interrupt was enough. An interrupted task's
     * time counts from when its worker could be told.
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

    /** True if it has run as many tasks as it may. */
    boolean hasRunMaxTasks() {
        return options.maxTasks() > 0 && tasksDone >= options.maxTasks();
    }

    /** Looks at the worker's memory now and then; true if it has too much. */
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

    /** Takes no more tasks, and is told to exit when it has none. Returns what has not begun. */
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
            return; // dead, or its start is under way: then it is drained when it has started
        }
        Timeout exitTimeout = Timeout.ofNanos(exitNanos);
        state = WorkerState.DRAINING;
        killTimeout = exitTimeout;
        try {
            if (lane != null && !lane.offer(LaneMessage.EXIT.wire(), 0, new byte[0])) {
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
            state = WorkerState.DRAINING;
            killTimeout = shortened;
        }
    }

    void kill() {
        if (jvm != null) {
            jvm.kill();
            killed = true;
            state = WorkerState.DRAINING;
        }
        killTimeout = Timeout.NEVER;
    }

    void closeLane() throws IOException {
        if (lane != null) {
            lane.destroy();
        }
    }

    /** The worker as it is now; null when there is none. */
    @Nullable WorkerInfo info() {
        ChildJvm child = jvm;
        if (child == null) {
            return null;
        }
        Task task = begunTask();
        return new WorkerInfo(
                index,
                child.pid(),
                state,
                task == null ? null : Long.toString(task.id()),
                Duration.ofNanos(System.nanoTime() - startedAt),
                tasksDone,
                ready ? TaskWord.heap(openLane()) : 0,
                ResidentMemory.ofProcess(child.pid()));
    }
}
