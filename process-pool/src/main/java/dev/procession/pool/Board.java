package dev.procession.pool;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which task goes where: the tasks that wait, and the workers' slots. Guarded by the dispatcher's
 * lock; it decides and sends, and leaves to {@link Moves} what must happen without the lock.
 */
final class Board {

    /** How many tasks are sent ahead to one worker. */
    private static final int AHEAD = 32;

    private final Deque<Task> queue = new ArrayDeque<>();
    private final List<WorkerSlot> slots = new ArrayList<>();
    private final StartPolicy starting = new StartPolicy();

    Board(int workers) {
        for (int index = 0; index < workers; index++) {
            slots.add(new WorkerSlot(index));
        }
    }

    List<WorkerSlot> slots() {
        return slots;
    }

    StartPolicy starting() {
        return starting;
    }

    void add(Task task) {
        queue.addLast(task);
    }

    /** Puts tasks back before all others, in their order. */
    void addFirst(List<Task> tasks) {
        for (int i = tasks.size() - 1; i >= 0; i--) {
            queue.addFirst(tasks.get(i));
        }
    }

    boolean hasWaiting() {
        return !queue.isEmpty();
    }

    /** Takes all tasks that wait. */
    List<Task> takeWaiting() {
        List<Task> waiting = new ArrayList<>(queue);
        queue.clear();
        return waiting;
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
            if (slot.state() == WorkerState.IDLE || slot.state() == WorkerState.BUSY) {
                return true;
            }
        }
        return false;
    }

    /** Sends what can be sent, and reserves slots for workers that what is left needs. */
    void assign(Moves moves) {
        while (true) {
            Task task = queue.peekFirst();
            if (task == null) {
                return;
            }
            if (task.future().isDone()) {
                queue.removeFirst(); // cancelled while it waited
                continue;
            }
            WorkerSlot slot = leastLoaded();
            if (slot == null || slot.load() > 0) {
                WorkerSlot fresh = startable();
                if (fresh != null) {
                    fresh.reserve();
                    moves.starts().add(fresh);
                    if (startingIdle() >= queue.size()) {
                        return; // enough are coming for what waits
                    }
                    continue;
                }
            }
            if (slot == null || slot.load() >= AHEAD || !send(slot, task, moves)) {
                return;
            }
        }
    }

    /** False when the task has to wait. */
    private boolean send(WorkerSlot slot, Task task, Moves moves) {
        try {
            if (!slot.send(task)) {
                return false;
            }
        } catch (IOException e) {
            // No room for a large task anywhere; that is this task's failure.
            moves.failures().add(new Moves.Failure(task, e));
        }
        queue.removeFirst();
        return true;
    }

    /** Gives a worker that has run dry half of what the fullest one has not begun. */
    void evenOut(Moves moves) {
        WorkerSlot full = fullest();
        if (full.load() < 2) {
            return;
        }
        WorkerSlot least = leastLoaded();
        boolean dry = least != null && least.load() == 0;
        if (dry || startable() != null) {
            addFirst(full.recall((full.load() + 1) / 2));
            assign(moves);
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
            if (slot.takesTasks() && (best == null || isBetter(slot, best))) {
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

    private @Nullable WorkerSlot startable() {
        if (!starting.mayStart(System.nanoTime())) {
            return null;
        }
        for (WorkerSlot slot : slots) {
            if (!slot.isLive()) {
                return slot;
            }
        }
        return null;
    }

    private int startingIdle() {
        int count = 0;
        for (WorkerSlot slot : slots) {
            if (slot.state() == WorkerState.STARTING && slot.load() == 0) {
                count++;
            }
        }
        return count;
    }
}
