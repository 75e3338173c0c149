package dev.procession.pool.dispatch;

import dev.procession.core.time.Timeout;
import java.util.ArrayList;
import java.util.List;

/**
 * Tasks whose attempt has failed and that are not sent again yet: it is being decided whether they
 * are repeated, or the pause before the next attempt goes on. They are in the pool, and no worker
 * has them. The lock of {@link PoolState} guards it.
 */
final class PausedTasks {

    private record Paused(Task task, Timeout until) {}

    private final List<Paused> all = new ArrayList<>(0);

    /** Adds a task whose next attempt is due after so long. */
    void add(Task task, long nanos) {
        all.add(new Paused(task, Timeout.ofNanos(nanos)));
    }

    /** Adds a task of which it is being decided whether it is repeated; harmless if repeated. */
    void addUndecided(Task task) {
        if (indexOf(task) < 0) { // else a thread has failed after it had added the task
            add(task, Timeout.FOREVER);
        }
    }

    /** Sets how long the pause of a task that is here lasts. If that fails, nothing has changed. */
    void setPause(Task task, long nanos) {
        all.set(indexOf(task), new Paused(task, Timeout.ofNanos(nanos)));
    }

    boolean contains(Task task) {
        return indexOf(task) >= 0;
    }

    private int indexOf(Task task) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).task() == task) {
                return i;
            }
        }
        return -1;
    }

    /** Removes a task; false if it is not here. Allocates nothing. */
    boolean remove(Task task) {
        int index = indexOf(task);
        return index >= 0 && all.remove(index) != null;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Removes and returns the tasks whose pause is over. */
    List<Task> takeDue() {
        if (all.isEmpty()) {
            return List.of();
        }
        List<Task> due = new ArrayList<>();
        all.removeIf(
                paused -> {
                    boolean over = paused.until().isOver();
                    if (over) {
                        due.add(paused.task());
                    }
                    return over;
                });
        return due;
    }

    /** Removes and returns all tasks. */
    List<Task> takeAll() {
        List<Task> taken = new ArrayList<>();
        all.forEach(paused -> taken.add(paused.task()));
        all.clear();
        return taken;
    }

    /** Adds all tasks to a list. */
    void addTo(List<Task> list) {
        all.forEach(paused -> list.add(paused.task()));
    }

    /** Returns how long until the next pause is over; {@link Timeout#FOREVER} if none ends. */
    long remainingNanos() {
        long least = Timeout.FOREVER;
        for (Paused paused : all) {
            least = Math.min(least, paused.until().remainingNanos());
        }
        return least;
    }
}
