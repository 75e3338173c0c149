package dev.procession.pool;

import dev.procession.core.launch.ChildJvm;
import dev.procession.core.wire.LaneEnd;
import dev.procession.core.wire.LaneHandle;
import dev.procession.core.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    private final int index;
    private final TreeMap<Long, Task> underWay = new TreeMap<>();
    private WorkerState state = WorkerState.DEAD;
    private boolean ready;
    private @Nullable LaneEnd lane;
    private @Nullable ChildJvm jvm;
    private long lastNumber;
    private long killAt = Long.MAX_VALUE;
    private long stopping;

    WorkerSlot(int index) {
        this.index = index;
    }

    int index() {
        return index;
    }

    WorkerState state() {
        return state;
    }

    @Nullable LaneEnd lane() {
        return lane;
    }

    /** A worker is about to be started here. */
    void reserve() {
        state = WorkerState.STARTING;
        ready = false;
        killAt = Long.MAX_VALUE;
        stopping = 0;
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

    /** The worker could not be started, or has ended. */
    void died() {
        state = WorkerState.DEAD;
        jvm = null;
    }

    void ready() {
        ready = true;
        updateLoad();
    }

    /** True if the worker ever said READY. */
    boolean wasReady() {
        return ready;
    }

    boolean isLive() {
        return state != WorkerState.DEAD;
    }

    /** True if tasks may be sent here. */
    boolean takesTasks() {
        return jvm != null
                && state != WorkerState.DEAD
                && state != WorkerState.DRAINING
                && killAt == Long.MAX_VALUE;
    }

    int load() {
        return underWay.size();
    }

    private void updateLoad() {
        if (ready && (state == WorkerState.STARTING || takesTasks())) {
            state = underWay.isEmpty() ? WorkerState.IDLE : WorkerState.BUSY;
        }
    }

    /** Commits a task to the lane; false when the ring is full. */
    boolean send(Task task) throws IOException {
        LaneEnd mine = openLane();
        long number = lastNumber + 1;
        Claims.send(mine, number);
        if (!mine.offer(LaneMessage.TASK.wire(), number, task.bytes())) {
            return false;
        }
        lastNumber = number;
        underWay.put(number, task);
        updateLoad();
        return true;
    }

    private LaneEnd openLane() {
        if (lane == null) {
            throw new IllegalStateException("no worker was ever started here: index=" + index);
        }
        return lane;
    }

    /** The next message of the worker; null when there is none now. */
    @Nullable Message receive() throws IOException {
        LaneEnd mine = lane;
        return mine == null ? null : mine.poll();
    }

    /** The task of an outcome; null when it was not under way here. */
    @Nullable Task finish(long number) {
        Task task = underWay.remove(number);
        if (number == stopping && state != WorkerState.DRAINING) {
            stopping = 0;
            killAt = Long.MAX_VALUE; // the interrupt was enough
        }
        updateLoad();
        return task;
    }

    /** Takes up to {@code most} tasks back that the worker has not begun, the newest first. */
    List<Task> recall(int most) {
        List<Task> recalled = new ArrayList<>();
        for (Long number : List.copyOf(underWay.descendingKeySet())) {
            if (recalled.size() == most || !Claims.recall(openLane(), number)) {
                break; // the worker begins them in order, so the older ones have begun as well
            }
            recalled.add(0, underWay.remove(number));
        }
        updateLoad();
        return recalled;
    }

    /**
     * Takes one task back, if the worker has not begun it; false when it has, or does not have it.
     */
    boolean recall(TaskFuture<?> future) {
        Long number = numberOf(future);
        if (number == null || !Claims.recall(openLane(), number)) {
            return false;
        }
        underWay.remove(number);
        updateLoad();
        return true;
    }

    /** Interrupts a task that has begun; its worker will be killed if that does not help. */
    boolean interrupt(TaskFuture<?> future, long killTime) {
        Long number = numberOf(future);
        ChildJvm child = jvm;
        if (number == null || child == null) {
            return false;
        }
        child.interrupt(number);
        stopping = number;
        killAt = Math.min(killAt, killTime);
        return true;
    }

    private @Nullable Long numberOf(TaskFuture<?> future) {
        for (Map.Entry<Long, Task> entry : underWay.entrySet()) {
            if (entry.getValue().future() == future) {
                return entry.getKey();
            }
        }
        return null;
    }

    /** The number of the task that the worker has begun, or null. */
    @Nullable Task begunTask() {
        for (Map.Entry<Long, Task> entry : underWay.entrySet()) {
            if (Claims.hasBegun(openLane(), entry.getKey())) {
                return entry.getValue();
            }
        }
        return null;
    }

    /** Forgets all tasks, of a dead worker. */
    List<Task> abandon() {
        List<Task> left = new ArrayList<>(underWay.values());
        underWay.clear();
        return left;
    }

    long killAt() {
        return killAt;
    }

    /** Tells the worker to exit, and kills it if it has not by then. */
    void drain(long killTime) {
        if (jvm == null || state == WorkerState.DRAINING) {
            return; // dead, or its start is under way: then it is drained when it has started
        }
        state = WorkerState.DRAINING;
        killAt = killTime;
        try {
            if (lane != null && !lane.offer(LaneMessage.EXIT.wire(), 0, new byte[0])) {
                kill(); // a worker that does not read its lane cannot be asked
            }
        } catch (IOException e) {
            kill();
        }
    }

    void kill() {
        if (jvm != null) {
            jvm.kill();
            state = WorkerState.DRAINING;
        }
        killAt = Long.MAX_VALUE;
    }

    void closeLane() throws IOException {
        if (lane != null) {
            lane.destroy();
        }
    }

    WorkerInfo info() {
        Task task = underWay.isEmpty() ? null : begunTask();
        ChildJvm child = jvm;
        return new WorkerInfo(
                index,
                child == null ? -1 : child.pid(),
                state,
                task == null ? null : Long.toString(task.id()));
    }
}
