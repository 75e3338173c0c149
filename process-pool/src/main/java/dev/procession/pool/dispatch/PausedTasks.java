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

    /** Adds a task; {@link Timeout#FOREVER} until it is decided. */
    void add(Task task, long nanos) {
        all.add(new Paused(task, Timeout.ofNanos(nanos)));
    }

    /** Removes a task; false if it is not here. */
    boolean remove(Task task) {
        return all.removeIf(paused -> paused.task() == task);
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
